/** What the form for a new job knows: what was typed, what is wrong with it, and what became of sending it. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { createJob } from "../../api/jobs";
import { useToast } from "../../components/toasts";
import { refresh } from "../../lib/refresh";
import { explain, newIntention, RefusedError } from "../../lib/request";
import { spelt } from "../../lib/visible";
import { nameComplaint, trimmed } from "./job-name";

interface Refusal {
  /** Shown beside the field. */
  name: string | null;
  holder: string | null;
  /** Shown above the buttons. */
  other: string | null;
}

const NONE: Refusal = { name: null, holder: null, other: null };

function refusalOf(error: Error | null): Refusal {
  if (error === null) return NONE;
  if (!(error instanceof RefusedError)) return { ...NONE, other: explain(error) };
  if (error.holder !== null) return { ...NONE, name: "That name is taken.", holder: error.holder };
  const name = error.field("name");
  return name === null ? { ...NONE, other: explain(error) } : { ...NONE, name };
}

export function useCreateJobForm(onDone: () => void) {
  const client = useQueryClient();
  const toast = useToast();
  const [typed, setTyped] = useState("");
  const [complaint, setComplaint] = useState<string | null>(null);
  const intention = useRef<string | null>(null);
  const { mutate, reset, error, isPending } = useMutation({
    mutationFn: (name: string) => {
      intention.current ??= newIntention();
      return createJob(name, intention.current);
    },
    onSuccess: (job) => {
      toast({ text: `Created “${spelt(job.name)}”.`, action: { label: "Open", href: `/jobs/${job.id}` } });
      onDone();
      refresh(client);
    },
  });

  const type = (value: string) => {
    setTyped(value);
    setComplaint(null);
    intention.current = null; // another name is another intention
    if (error) reset();
  };
  const send = () => {
    if (isPending) return;
    const wrong = nameComplaint(typed);
    setComplaint(wrong);
    if (wrong === null) mutate(trimmed(typed));
  };
  const refusal = refusalOf(error);
  return { typed, type, send, isPending, refusal: { ...refusal, name: complaint ?? refusal.name } };
}
