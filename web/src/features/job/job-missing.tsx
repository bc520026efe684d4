/** There is no such job, or there is no longer. */
import { buttonClass } from "../../components/button";
import { DeadEnd } from "../../components/dead-end";
import { usePageTitle } from "../../lib/page-title";
import { Link } from "../../lib/router";

export function JobMissing() {
  usePageTitle("No such job");
  return (
    <DeadEnd
      title="There is no such job"
      why="It was deleted, or it never existed: the address may have been cut short."
    >
      <Link href="/" className={buttonClass("primary")}>
        All jobs
      </Link>
      <Link href="/?deleted=true" className={buttonClass("plain")}>
        Recently deleted
      </Link>
    </DeadEnd>
  );
}
