/** Asks whether the job it names is really to go. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { deleteJob } from "../../api/jobs";
import type { Job } from "../../api/types";
import { Button } from "../../components/button";
import { Dialog } from "../../components/dialog";
import { refresh } from "../../lib/refresh";
import { explain, newIntention, RefusedError, UnreachableError } from "../../lib/request";
import { spelt } from "../../lib/visible";

interface DeleteJobDialogProps {
  job: Job;
  onClose: () => void;
  onDeleted: () => void;
}

const isGone = (error: Error) => error instanceof RefusedError && error.status === 404;

export function DeleteJobDialog({ job, onClose, onDeleted }: DeleteJobDialogProps) {
  const client = useQueryClient();
  const cancel = useRef<HTMLButtonElement>(null);
  // One for as long as the question stands: asked again after an answer that was lost, the deletion is still ours.
  const [intention] = useState(newIntention);
  const { mutate, error, isPending } = useMutation({
    mutationFn: () => deleteJob(job.id, intention),
    onSuccess: onDeleted,
    onError: (failure) => isGone(failure) && onClose(), // somebody else was faster
    onSettled: () => refresh(client),
  });
  const isLost = error instanceof UnreachableError;
  useEffect(() => cancel.current?.focus(), []);

  return (
    <Dialog title={`Delete “${spelt(job.name)}”?`} onClose={onClose} urgent>
      <p className="text-sm text-muted">
        It disappears from the board with its history. You can undo this, or restore it later from Recently deleted.
      </p>
      {error && (
        <p role="alert" className="mt-3 rounded-md bg-failed/10 px-3 py-2 text-sm">
          <strong className="font-semibold">{isLost ? "It may not have been deleted." : "It was not deleted."}</strong>{" "}
          {explain(error)} {isLost && "Delete it again to be sure."}
        </p>
      )}
      <div className="mt-5 flex justify-end gap-2">
        <Button ref={cancel} onClick={onClose}>
          Cancel
        </Button>
        <Button look="danger" aria-disabled={isPending} onClick={() => !isPending && mutate()} className="min-w-26">
          {isPending ? "Deleting…" : "Delete job"}
        </Button>
      </div>
    </Dialog>
  );
}
