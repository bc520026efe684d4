/** Whether what is seen is up to date, in a dot and few words. */
import { useConnection } from "../../lib/connection";
import { useHeld } from "../../lib/hold";

function useWords(): { words: string; dot: string; isCalm: boolean } {
  const { state } = useConnection();
  const isHeld = useHeld();
  if (state === "lost")
    return { words: "Connection lost, trying again", dot: "bg-failed animate-breathe", isCalm: false };
  if (state === "connecting") return { words: "Connecting", dot: "bg-edge", isCalm: true };
  if (isHeld) return { words: "Updates wait", dot: "bg-pending", isCalm: true };
  return { words: "Up to date", dot: "bg-completed", isCalm: true };
}

export function ConnectionState() {
  const { words, dot, isCalm } = useWords();
  return (
    <p className={`flex items-center gap-2 px-2 text-xs ${isCalm ? "text-muted" : "font-medium text-ink"}`}>
      <span aria-hidden="true" className={`size-2 shrink-0 rounded-full ${dot}`} />
      <span aria-hidden="true" className={isCalm ? "max-sm:hidden" : ""}>
        {words}
      </span>
      {/* Said aloud only when it matters: not each time a menu opens. */}
      <span role="status" className="sr-only">
        {isCalm ? "" : words}
      </span>
    </p>
  );
}
