/** How many jobs there are in each status and in all; a click narrows the list to it, a second one widens it again. */
import type { ReactNode } from "react";
import type { Counts, Status } from "../../api/types";
import { LOOKS, STATUSES, StatusIcon } from "../status/status";

interface StatusTilesProps {
  counts: Counts | undefined;
  chosen: readonly Status[];
  isDeleted: boolean;
  onToggle: (status: Status) => void;
  onAll: () => void;
}

export function StatusTiles({ counts, chosen, isDeleted, onToggle, onAll }: StatusTilesProps) {
  return (
    <fieldset className="grid grid-cols-4 border-b border-line sm:grid-cols-5">
      <legend className="sr-only">Show jobs by status</legend>
      <div className="max-sm:col-span-4 max-sm:border-b max-sm:border-line">
        <Tile word="All" count={counts?.total} isOn={chosen.length === 0 && !isDeleted} bar="bg-ink" onPress={onAll} />
      </div>
      {STATUSES.map((status) => (
        <Tile
          key={status}
          word={LOOKS[status].word}
          icon={<StatusIcon status={status} />}
          count={counts && (counts.counts[status] ?? 0)}
          isOn={chosen.includes(status)}
          bar={LOOKS[status].fill}
          onPress={() => onToggle(status)}
        />
      ))}
    </fieldset>
  );
}

interface TileProps {
  word: string;
  count: number | undefined;
  isOn: boolean;
  bar: string;
  onPress: () => void;
  icon?: ReactNode;
}

function Tile({ word, count, isOn, bar, onPress, icon }: TileProps) {
  return (
    <button
      type="button"
      aria-pressed={isOn}
      onClick={onPress}
      className="group relative flex w-full flex-col gap-0.5 rounded-t-md px-3 pt-2.5 pb-3 text-left text-muted hover:bg-hover aria-pressed:text-ink max-sm:px-2 max-sm:py-2"
    >
      <span className="flex items-center gap-1.5 text-sm font-medium max-sm:text-xs">
        {icon}
        {word}
      </span>
      <span className="flex h-7 items-center text-xl font-semibold text-ink max-sm:h-6 max-sm:text-lg">
        {count === undefined ? (
          <span className="block h-4 w-12 animate-breathe rounded bg-pressed">
            <span className="sr-only">not known yet</span>
          </span>
        ) : (
          count.toLocaleString("en")
        )}
      </span>
      <span className={`absolute inset-x-0 -bottom-px h-0.5 ${bar} opacity-0 group-aria-pressed:opacity-100`} />
    </button>
  );
}
