/** The places that a job's page will fill. */
export function JobSkeleton() {
  return (
    <div aria-busy="true" className="*:animate-breathe *:rounded *:bg-pressed">
      <span className="sr-only bg-transparent!">Loading the job</span>
      <div className="mt-1 h-6 w-72 max-w-full" />
      <div className="mt-2 h-4 w-48" />
      <div className="mt-5 h-5 w-full" />
      <div className="mt-14 h-4 w-full max-w-160" />
      <div className="mt-6 h-4 w-full max-w-120" />
      <div className="mt-6 h-4 w-full max-w-140" />
    </div>
  );
}
