/** The form for a new job. */
import { useEffect, useId, useRef } from "react";
import { Button } from "../../components/button";
import { Dialog } from "../../components/dialog";
import { Link } from "../../lib/router";
import { useCreateJobForm } from "./use-create-job-form";

export function CreateJobDialog({ onClose }: { onClose: () => void }) {
  const { typed, type, send, isPending, refusal } = useCreateJobForm(onClose);
  const field = useRef<HTMLInputElement>(null);
  const id = useId();

  useEffect(() => field.current?.focus(), []);
  useEffect(() => {
    if (refusal.name !== null) field.current?.focus();
  }, [refusal.name]);

  return (
    <Dialog title="New job" onClose={onClose}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <label htmlFor={id} className="mb-1.5 block text-sm font-medium">
          Name
        </label>
        <input
          ref={field}
          id={id}
          value={typed}
          onChange={(event) => type(event.target.value)}
          readOnly={isPending}
          autoComplete="off"
          spellCheck={false}
          aria-invalid={refusal.name !== null}
          aria-describedby={`${id}-note`}
          placeholder="nightly backup, 23 November"
          className="h-9 w-full rounded-md border border-field bg-canvas px-3 text-base placeholder:text-faint focus-visible:outline-offset-0 aria-invalid:border-failed touch:h-11 touch:text-lg"
        />
        <p id={`${id}-note`} className="mt-1.5 min-h-5 text-sm text-muted" aria-live="polite">
          {refusal.name === null ? (
            "Unique among all jobs. It starts as Pending."
          ) : (
            <span className="text-failed">
              {refusal.name}{" "}
              {refusal.holder !== null && (
                <Link href={`/jobs/${refusal.holder}`} onClick={onClose} className="font-medium underline">
                  Open the job that has it
                </Link>
              )}
            </span>
          )}
        </p>
        {refusal.other !== null && (
          <p role="alert" className="mt-2 rounded-md bg-failed/10 px-3 py-2 text-sm">
            <strong className="font-semibold">The job was not created.</strong> {refusal.other} Nothing you typed is
            lost: try again.
          </p>
        )}
        <div className="mt-4 flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" aria-disabled={isPending} className="min-w-26">
            {isPending ? "Creating…" : "Create job"}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
