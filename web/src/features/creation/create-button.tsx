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
      className="fixed right-4 bottom-18 z-20 inline-flex size-14 items-center justify-center rounded-full bg-primary text-on-primary shadow-float sm:hidden"
    >
      <Icon name="plus" className="size-6!" />
    </button>
  );
}
