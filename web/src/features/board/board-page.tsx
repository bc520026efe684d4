/** The board: the tiles, the list below them, and the way through it. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { countsQuery, jobListQuery } from "../../api/jobs";
import type { JobList } from "../../api/types";
import { usePageTitle } from "../../lib/page-title";
import { explain, UnreachableError } from "../../lib/request";
import { useCreateJob } from "../creation/create-job-provider";
import { useDeleteJob } from "../deletion/delete-job-provider";
import { useRestoreJob } from "../deletion/use-restore-job";
import { BoardToolbar } from "./board-toolbar";
import { type BoardView, narrowed, toggled, useBoardView, viewTitle } from "./board-view";
import { NoJobs, NoMatch, NothingDeleted } from "./empty-board";
import { JobRow } from "./job-row";
import { JobTable, SkeletonRows } from "./job-table";
import { ListProblem } from "./list-problem";
import { Pager } from "./pager";
import { StatusTiles } from "./status-tiles";
import { useRowKeys } from "./use-row-keys";

export function BoardPage() {
  const [view, go] = useBoardView();
  const client = useQueryClient();
  const counts = useQuery(countsQuery);
  const list = useQuery(jobListQuery(view));
  const page = useRef<HTMLDivElement>(null);
  useRowKeys(page, list.isSuccess);
  usePageTitle(view.statuses.length > 0 || view.deleted ? viewTitle(view) : null);

  const isRefused = list.isError && !(list.error instanceof UnreachableError);
  const turn = (next: BoardView) => {
    go(next);
    window.scrollTo(0, 0);
  };
  return (
    <div ref={page} className="pt-2">
      <StatusTiles
        counts={counts.data}
        chosen={view.statuses}
        isDeleted={view.deleted}
        onToggle={(status) => go(toggled(view, status))}
        onAll={() => go(narrowed(view, { statuses: [], deleted: false }))}
      />
      <BoardToolbar
        view={view}
        onGo={go}
        problem={list.data && isRefused ? explain(list.error) : null}
        onRetry={() => list.refetch()}
      />
      {list.data === undefined && list.isError ? (
        <ListProblem
          error={list.error}
          isDeep={view.cursor !== null}
          onStart={() => go(narrowed(view, {}))}
          onRetry={() => list.refetch()}
        />
      ) : (
        <Rows view={view} list={list.data} isStale={list.isPlaceholderData} onGo={go} />
      )}
      <Pager view={view} list={list.data} onGo={turn} onApproach={(next) => client.prefetchQuery(jobListQuery(next))} />
    </div>
  );
}

interface RowsProps {
  view: BoardView;
  list: JobList | undefined;
  isStale: boolean;
  onGo: (view: BoardView) => void;
}

function Rows({ view, list, isStale, onGo }: RowsProps) {
  const remove = useDeleteJob();
  const restore = useRestoreJob();
  const create = useCreateJob();
  if (list?.results.length === 0 && !isStale) {
    if (view.deleted) return <NothingDeleted />;
    return view.statuses.length > 0 ? (
      <NoMatch onClear={() => onGo(narrowed(view, { statuses: [] }))} />
    ) : (
      <NoJobs onCreate={create} />
    );
  }
  return (
    <JobTable
      sort={view.sort}
      onSort={(sort) => onGo(narrowed(view, { sort }))}
      isWaiting={list === undefined || isStale}
      isDeleted={view.deleted}
    >
      {list === undefined ? (
        <SkeletonRows />
      ) : (
        list.results.map((job) => <JobRow key={job.id} job={job} onDelete={remove} onRestore={restore} />)
      )}
    </JobTable>
  );
}
