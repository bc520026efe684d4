/** In place of the list, when it could not be had. */
import { ProblemNote } from "../../components/problem-note";
import { explain, RefusedError } from "../../lib/request";

interface ListProblemProps {
  error: Error;
  isDeep: boolean;
  onStart: () => void;
  onRetry: () => void;
}

export function ListProblem({ error, isDeep, onStart, onRetry }: ListProblemProps) {
  if (isDeep && error instanceof RefusedError && error.status === 400) {
    const why = "The address leads to a place in the list that does not exist.";
    return <ProblemNote what="There is no such page." why={why} onRetry={onStart} label="Back to the beginning" />;
  }
  return <ProblemNote what="The list could not be loaded." why={explain(error)} onRetry={onRetry} />;
}
