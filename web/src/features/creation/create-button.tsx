/** On a small screen a new job is where the thumb is. */
import { Icon } from "../../components/icons";
import { useCreateJob } from "./create-job-provider";

export function CreateButton() {
  const create = useCreateJob();
  return (
    <button
      type="button"
      aria-label="New job"
      onClick={create}
      className="ml-1 inline-flex size-11 shrink-0 items-center justify-center rounded-full bg-primary text-on-primary sm:hidden"
    >
      <Icon name="plus" className="size-5!" />
    </button>
  );
}
