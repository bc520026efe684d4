/** One job: how it stands, what can be done about it, and everything that was reported. */
import { useQuery } from "@tanstack/react-query";
import { jobQuery } from "../../api/jobs";
import type { JobDetails } from "../../api/types";
import { Button } from "../../components/button";
import { Icon } from "../../components/icons";
import { Moment } from "../../components/moment";
import { PageHeading } from "../../components/page-heading";
import { ProblemNote } from "../../components/problem-note";
import { Written } from "../../components/written";
import { usePageTitle } from "../../lib/page-title";
import { explain, RefusedError } from "../../lib/request";
import { Link, navigate } from "../../lib/router";
import { spelt } from "../../lib/visible";
import { useDeleteJob } from "../deletion/delete-job-provider";
import { StatusMenu } from "../status/status-menu";
import { useReported } from "../status/use-change-status";
import { JobFacts } from "./job-facts";
import { JobMissing } from "./job-missing";
import { JobSkeleton } from "./job-skeleton";
import { LifeBar } from "./life-bar";
import { Timeline } from "./timeline";
import { useHistory } from "./use-history";

export function JobPage({ id }: { id: string }) {
  const { data: job, error, refetch } = useQuery(jobQuery(id));
  if (error instanceof RefusedError && error.status === 404) return <JobMissing />;
  return (
    <div className="px-3 pt-3 pb-16 max-sm:px-2">
      <Link
        href="/"
        onClick={goBack}
        className="-ml-1 inline-flex h-8 items-center gap-0.5 rounded pr-1 text-sm text-muted hover:text-ink touch:h-10"
      >
        <Icon name="left" />
        Jobs
      </Link>
      {error && (job === undefined || error instanceof RefusedError) && (
        <ProblemNote what="The job could not be loaded." why={explain(error)} onRetry={() => refetch()} />
      )}
      {job === undefined && !error && <JobSkeleton />}
      {job && <JobBody key={job.id} job={job} />}
    </div>
  );
}

/** To the board as it was left, with its filter and its place, when that is where one came from. */
function goBack(event: React.MouseEvent): void {
  if (!(history.state as { fromBoard?: boolean } | null)?.fromBoard) return;
  event.preventDefault();
  history.back();
}

function JobBody({ job: known }: { job: JobDetails }) {
  const job = useReported(known);
  const past = useHistory(known);
  const remove = useDeleteJob();
  usePageTitle(spelt(job.name));
  return (
    <>
      <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3 pb-5">
        <div className="min-w-0">
          <PageHeading className="text-xl font-semibold wrap-anywhere [unicode-bidi:isolate]">
            <Written text={job.name} />
          </PageHeading>
          <p className="text-sm text-muted">
            {job.attempt > 1 && `Attempt ${job.attempt} · `}
            <Since job={job} />
            {job.message && (
              <span className="wrap-anywhere">
                {" "}
                · <Written text={job.message} />
              </span>
            )}
          </p>
        </div>
        <div className="flex gap-2">
          <StatusMenu job={known} look="button" />
          <Button onClick={() => remove(known, () => navigate("/"))}>Delete</Button>
        </div>
      </header>
      <LifeBar job={job} entries={past.entries} />
      <div className="mt-8 grid gap-x-12 gap-y-8 lg:grid-cols-[minmax(0,1fr)_300px]">
        <Timeline createdAt={job.created_at} history={past} />
        <JobFacts job={job} />
      </div>
    </>
  );
}

function Since({ job }: { job: JobDetails }) {
  return (
    <>
      since <Moment at={job.current_status_timestamp} wording="exact" />,{" "}
      <Moment at={job.current_status_timestamp} wording="ago" />
    </>
  );
}
