/** The status of a job as a button, and the menu in which another one is chosen. */
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import type { Job, Status } from "../../api/types";
import { Icon } from "../../components/icons";
import { Popover } from "../../components/popover";
import { newIntention } from "../../lib/request";
import { spelt } from "../../lib/visible";
import { LOOKS, StatusIcon, StatusLabel } from "./status";
import { useChangeStatus, useReported } from "./use-change-status";

interface StatusMenuProps {
  job: Job;
  /** In a list the status itself is enough; on a page of its own the button has an edge. */
  look?: "cell" | "button";
}

export function StatusMenu({ job, look = "cell" }: StatusMenuProps) {
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const change = useChangeStatus();
  const { current_status_type: status } = useReported(job);

  const choose = (chosen: Status, message: string) => {
    setOpen(false);
    button.current?.focus();
    change({ job, status: chosen, message, intention: newIntention() });
  };

  const edge = look === "button" ? "h-8 touch:h-10 border border-edge px-3" : "-ml-2 h-7 touch:h-10 px-2";
  return (
    <>
      <button
        ref={button}
        type="button"
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        aria-label={`${LOOKS[status].word}. Change status of ${spelt(job.name)}`}
        onClick={() => setOpen(!isOpen)}
        className={`group/status inline-flex items-center gap-1 rounded-md text-sm hover:bg-pressed aria-expanded:bg-pressed ${edge}`}
      >
        <StatusLabel status={status} isLive />
        <Icon
          name="down"
          className={
            look === "button"
              ? "-mr-1 text-muted"
              : "text-faint opacity-0 group-hover/status:opacity-100 group-focus-visible/status:opacity-100 touch:opacity-100"
          }
        />
      </button>
      {isOpen && (
        <Popover label={`Change status of ${spelt(job.name)}`} anchor={button} onClose={() => setOpen(false)}>
          <Choices status={status} onChoose={choose} />
        </Popover>
      )}
    </>
  );
}

function Choices({ status, onChoose }: { status: Status; onChoose: (status: Status, message: string) => void }) {
  const [message, setMessage] = useState("");
  const menu = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const field = useId();
  const choices = [...LOOKS[status].next, { status, hint: "as it is now" }];
  const items = () => [...(menu.current?.querySelectorAll<HTMLElement>("button") ?? [])];

  useEffect(() => menu.current?.querySelector("button")?.focus(), []);

  const move = (event: KeyboardEvent) => {
    // Whoever begins to type means the message: a letter must not choose a status that nobody can take back.
    if (event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey) {
      input.current?.focus();
      return;
    }
    const target = destination(event.key, items(), document.activeElement);
    if (!target) return;
    event.preventDefault();
    target.focus();
  };

  return (
    <>
      <div className="p-1.5 pb-0">
        <label htmlFor={field} className="sr-only">
          Message (optional)
        </label>
        <input
          ref={input}
          id={field}
          value={message}
          maxLength={10_000}
          autoComplete="off"
          placeholder="Message (optional), then a status"
          onChange={(event) => setMessage(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== "ArrowDown" && event.key !== "Enter") return;
            event.preventDefault();
            items()[0]?.focus();
          }}
          className="h-8 w-full rounded-md border border-field bg-canvas px-2.5 text-sm placeholder:text-faint focus-visible:outline-offset-0 touch:h-11 touch:text-lg"
        />
      </div>
      <div ref={menu} role="menu" tabIndex={-1} aria-label="Statuses" onKeyDown={move} className="p-1.5">
        {choices.map((choice) => (
          <button
            key={choice.status}
            type="button"
            role="menuitemradio"
            aria-checked={choice.status === status}
            aria-label={LOOKS[choice.status].word}
            onClick={() => onChoose(choice.status, message.trim())}
            className="flex h-8 w-full items-center gap-2 rounded-md px-2 text-sm hover:bg-hover focus:bg-hover focus-visible:-outline-offset-2 touch:h-12"
          >
            <StatusIcon status={choice.status} />
            <span className="font-medium">{LOOKS[choice.status].word}</span>
            <span className="ml-auto text-xs text-faint">{choice.hint}</span>
            {choice.status === status && <Icon name="tick" className="text-muted" />}
          </button>
        ))}
      </div>
    </>
  );
}

function destination(key: string, items: HTMLElement[], current: Element | null): HTMLElement | undefined {
  const index = current instanceof HTMLElement ? items.indexOf(current) : -1;
  if (key === "ArrowDown") return items[(index + 1) % items.length];
  if (key === "ArrowUp") return items.at(index - 1);
  if (key === "Home") return items[0];
  if (key === "End") return items.at(-1);
  return undefined;
}
