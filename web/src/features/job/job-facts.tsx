/** What is known of a job beside its history. */
import type { ReactNode } from "react";
import type { Job } from "../../api/types";
import { CopyButton } from "../../components/copy-button";
import { Moment } from "../../components/moment";
import { Written } from "../../components/written";

export function JobFacts({ job }: { job: Job }) {
  const labels = Object.entries(job.labels);
  return (
    <section aria-labelledby="facts">
      <h2 id="facts" className="border-b border-line pb-2 text-xs font-medium text-muted">
        Facts
      </h2>
      <dl className="text-sm">
        <Fact word="Id">
          <span className="flex min-w-0 items-center gap-1">
            <span className="min-w-0 truncate font-mono text-xs" data-tip={job.id}>
              {job.id}
            </span>
            <span className="-my-1.5 -mr-2 shrink-0">
              <CopyButton text={job.id} label="Copy id" />
            </span>
          </span>
        </Fact>
        <Fact word="Created">
          <Moment at={job.created_at} wording="exact" />
        </Fact>
        <Fact word="Updated">
          <Moment at={job.updated_at} wording="exact" />
        </Fact>
        <Fact word="Attempt">{job.attempt}</Fact>
        <Fact word="Version">{job.version}</Fact>
        <Fact word="Labels">
          {labels.length === 0 ? (
            <span className="text-faint">none</span>
          ) : (
            <ul className="flex flex-wrap gap-1">
              {labels.map(([key, value]) => (
                <li
                  key={key}
                  className="max-w-full rounded border border-line bg-hover px-1.5 font-mono text-xs leading-5 wrap-anywhere"
                >
                  <span className="text-muted">{key}:</span>
                  <Written text={value} />
                </li>
              ))}
            </ul>
          )}
        </Fact>
      </dl>
    </section>
  );
}

function Fact({ word, children }: { word: string; children: ReactNode }) {
  return (
    <div className="flex min-h-10 items-start gap-4 border-b border-line py-2.5">
      <dt className="w-16 shrink-0 text-muted">{word}</dt>
      <dd className="min-w-0 flex-1">{children}</dd>
    </div>
  );
}
