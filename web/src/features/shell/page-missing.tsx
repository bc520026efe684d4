/** Nothing of ours is at this address. The service sends it with a 404. */
import { buttonClass } from "../../components/button";
import { DeadEnd } from "../../components/dead-end";
import { usePageTitle } from "../../lib/page-title";
import { Link, usePath } from "../../lib/router";

export function PageMissing() {
  usePageTitle("No such page");
  return (
    <DeadEnd
      title="There is no such page"
      why={
        <>
          <Address path={usePath()} />
          The address may have been mistyped or cut short.
        </>
      }
    >
      <Link href="/" className={buttonClass("primary")}>
        All jobs
      </Link>
      <a href="/api/docs" className={buttonClass("plain")}>
        API documentation
      </a>
    </DeadEnd>
  );
}

const SHOWN = 80;

function Address({ path }: { path: string }) {
  const shown = path.length > SHOWN ? `${path.slice(0, SHOWN)}…` : path;
  return <span className="mb-2 block font-mono text-xs text-ink wrap-anywhere">{shown}</span>;
}
