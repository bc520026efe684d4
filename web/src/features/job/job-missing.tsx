/** There is no such job, or there is no longer. */
import { buttonClass } from "../../components/button";
import { PageHeading } from "../../components/page-heading";
import { usePageTitle } from "../../lib/page-title";
import { Link } from "../../lib/router";

export function JobMissing() {
  usePageTitle("No such job");
  return (
    <div className="mx-auto flex max-w-110 flex-col items-center px-4 py-24 text-center text-sm">
      <PageHeading className="mb-1 text-lg font-semibold">There is no such job</PageHeading>
      <p className="text-muted">It was deleted, or it never existed: the address may have been cut short.</p>
      <div className="mt-5 flex gap-2">
        <Link href="/" className={buttonClass("primary")}>
          All jobs
        </Link>
        <Link href="/?deleted=true" className={buttonClass("plain")}>
          Recently deleted
        </Link>
      </div>
    </div>
  );
}
