/** Says what could not be done, why, and offers to try again. */
import { Button } from "./button";
import { Icon } from "./icons";

interface ProblemNoteProps {
  what: string;
  why: string;
  onRetry: () => void;
  /** When there is something better to do than the same again. */
  label?: string;
}

export function ProblemNote({ what, why, onRetry, label = "Try again" }: ProblemNoteProps) {
  return (
    <div role="alert" className="flex w-full items-center gap-3 rounded-lg bg-failed/10 py-1.5 pr-1.5 pl-3 text-sm">
      <Icon name="warning" className="text-failed" />
      <p className="min-w-0 flex-1">
        <strong className="font-semibold">{what}</strong> <span className="text-muted">{why}</span>
      </p>
      <Button onClick={onRetry}>{label}</Button>
    </div>
  );
}
