/** A page's heading, from which it is read on when one has come here by a link. */
import { type ReactNode, useEffect, useRef } from "react";
import { hasMoved } from "../lib/router";

export function PageHeading({ className, children }: { className: string; children: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const isFocusLost = document.activeElement === null || document.activeElement === document.body;
    if (hasMoved() && isFocusLost) heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <h1 ref={heading} tabIndex={-1} className={className}>
      {children}
    </h1>
  );
}
