/** The four statuses: each one's word, icon, colour and place, for everything that shows one. */
import type { Status } from "../../api/types";

interface Look {
  word: string;
  ink: string;
  fill: string;
  /** The others, the natural next ones first, each with what choosing it says. */
  next: readonly { status: Status; hint: string }[];
}

export const STATUSES: readonly Status[] = ["PENDING", "RUNNING", "COMPLETED", "FAILED"];

export const LOOKS: Record<Status, Look> = {
  PENDING: {
    word: "Pending",
    ink: "text-pending",
    fill: "bg-pending",
    next: [
      { status: "RUNNING", hint: "it has started" },
      { status: "COMPLETED", hint: "it is done" },
      { status: "FAILED", hint: "it could not run" },
    ],
  },
  RUNNING: {
    word: "Running",
    ink: "text-running",
    fill: "bg-running",
    next: [
      { status: "COMPLETED", hint: "it is done" },
      { status: "FAILED", hint: "it went wrong" },
      { status: "PENDING", hint: "back in the queue" },
    ],
  },
  COMPLETED: {
    word: "Completed",
    ink: "text-completed",
    fill: "bg-completed",
    next: [
      { status: "PENDING", hint: "queue it again" },
      { status: "RUNNING", hint: "it runs again" },
      { status: "FAILED", hint: "correct the outcome" },
    ],
  },
  FAILED: {
    word: "Failed",
    ink: "text-failed",
    fill: "bg-failed",
    next: [
      { status: "PENDING", hint: "queue it again" },
      { status: "RUNNING", hint: "it runs again" },
      { status: "COMPLETED", hint: "correct the outcome" },
    ],
  },
};

export function isFinished(status: Status): boolean {
  return status === "COMPLETED" || status === "FAILED";
}

const SHAPES: Record<Status, React.ReactNode> = {
  PENDING: <circle cx="8" cy="8" r="5.75" fill="none" stroke="currentColor" strokeWidth="1.75" />,
  RUNNING: (
    <>
      <circle cx="8" cy="8" r="5.75" fill="none" stroke="currentColor" strokeWidth="2" opacity="0.22" />
      <path
        d="M8 2.25A5.75 5.75 0 1 1 2.25 8"
        fill="none"
        stroke="currentColor"
        strokeWidth="2"
        strokeLinecap="round"
      />
    </>
  ),
  COMPLETED: (
    <>
      <circle cx="8" cy="8" r="6.75" fill="currentColor" />
      <path
        d="m5 8.2 2.1 2.1L11 6.2"
        fill="none"
        className="stroke-canvas"
        strokeWidth="1.6"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </>
  ),
  FAILED: (
    <>
      <circle cx="8" cy="8" r="6.75" fill="currentColor" />
      <path
        d="m5.8 5.8 4.4 4.4m0-4.4-4.4 4.4"
        fill="none"
        className="stroke-canvas"
        strokeWidth="1.6"
        strokeLinecap="round"
      />
    </>
  ),
};

interface StatusProps {
  status: Status;
  /** It is so now: what runs is seen to run. */
  isLive?: boolean;
}

export function StatusIcon({ status, isLive = false }: StatusProps) {
  const motion = isLive && status === "RUNNING" ? "animate-turn" : "";
  return (
    <svg viewBox="0 0 16 16" aria-hidden="true" className={`size-4 shrink-0 ${LOOKS[status].ink} ${motion}`}>
      {SHAPES[status]}
    </svg>
  );
}

export function StatusLabel({ status, isLive = false }: StatusProps) {
  return (
    <span className={`inline-flex items-center gap-2 font-medium ${LOOKS[status].ink}`}>
      <StatusIcon status={status} isLive={isLive} />
      {LOOKS[status].word}
    </span>
  );
}
