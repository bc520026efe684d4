/** A point in time in few words; whoever hovers over it is told local time, UTC and ISO. */
import { useClock } from "../lib/clock";
import { ago, brief, dayOf, duration, exact, inFull, millis } from "../lib/time";

const WORDINGS = { ago, brief, exact } as const;

interface MomentProps {
  at: string;
  wording: keyof typeof WORDINGS;
}

export function Moment({ at, wording }: MomentProps) {
  // A history has thousands of these: only what says "ago" is worded anew each second, the others each day.
  const pulse = useClock<string | number>((now) => (wording === "ago" ? ago(at, now) : dayOf(now)));
  const words = typeof pulse === "string" ? pulse : WORDINGS[wording](at, Date.now());
  return (
    <time dateTime={at} data-tip={inFull(at)} className="whitespace-nowrap">
      {words}
    </time>
  );
}

/** How long ago `since` is, counting up. */
export function Lasting({ since }: { since: string }) {
  const words = useClock((now) => duration(Math.max(0, now - millis(since))));
  return (
    <span className="whitespace-nowrap" data-tip="In this status so far">
      {words}
    </span>
  );
}
