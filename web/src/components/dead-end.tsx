/** A page in place of one that there is not: what is missing, why that may be, and where to go on. */
import type { ReactNode } from "react";
import { PageHeading } from "./page-heading";

interface DeadEndProps {
  title: string;
  why: ReactNode;
  /** The ways on. */
  children: ReactNode;
}

export function DeadEnd({ title, why, children }: DeadEndProps) {
  return (
    <div className="mx-auto flex max-w-110 flex-col items-center px-4 py-24 text-center text-sm">
      <PageHeading className="mb-1 text-lg font-semibold">{title}</PageHeading>
      <p className="text-balance text-muted">{why}</p>
      <div className="mt-5 flex gap-2">{children}</div>
    </div>
  );
}
