/** What is said where no rows are: how jobs get here, or that the filter hides them. */
import type { ReactNode } from "react";
import { Button } from "../../components/button";
import { CopyButton } from "../../components/copy-button";
import { Link } from "../../lib/router";

export function NoJobs({ onCreate }: { onCreate: () => void }) {
  const create = [
    `curl ${location.origin}/api/jobs/`,
    "-H 'Content-Type: application/json'",
    `-d '{"name": "my first job"}'`,
  ].join(" \\\n  ");
  return (
    <Empty title="No jobs yet">
      <p>Jobs appear here as programs report them. Create one by hand, from a script, or bring in a log you have.</p>
      <Button look="primary" onClick={onCreate} className="my-5">
        New job
      </Button>
      <div className="w-full space-y-2 text-left">
        <Command line={create} label="Copy the curl command" />
        <Command line="jobledger import cluster.swf" label="Copy the import command" />
      </div>
    </Empty>
  );
}

function Command({ line, label }: { line: string; label: string }) {
  return (
    <div className="flex items-center gap-2 rounded-lg border border-line bg-hover py-1 pr-1 pl-3">
      <code className="min-w-0 flex-1 py-1.5 font-mono text-xs whitespace-pre-wrap wrap-anywhere text-ink">{line}</code>
      <CopyButton text={line} label={label} />
    </div>
  );
}

export function NoMatch({ onClear }: { onClear: () => void }) {
  return (
    <Empty title="No job matches">
      <p>No job has a status that you chose.</p>
      <Button onClick={onClear} className="mt-5">
        Clear the filters
      </Button>
    </Empty>
  );
}

export function NothingDeleted() {
  return (
    <Empty title="Nothing was deleted">
      <p>A job that is deleted waits here and can be restored, with its whole history.</p>
      <Link href="/" className="mt-5 inline-block rounded font-medium text-accent hover:underline">
        Back to all jobs
      </Link>
    </Empty>
  );
}

function Empty({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="mx-auto flex max-w-150 flex-col items-center px-4 py-20 text-center text-sm text-muted max-sm:py-12">
      <h2 className="mb-1 text-lg font-semibold text-ink">{title}</h2>
      {children}
    </div>
  );
}
