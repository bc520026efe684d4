/** Lets the tab's title and icon say that jobs have failed while nobody was looking. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { countsQuery } from "../../api/jobs";
import icon from "../../assets/icon.svg";
import alertIcon from "../../assets/icon-failed.svg";
import { tellFailures } from "../../lib/page-title";

function setIcon(href: string): void {
  document.querySelector<HTMLLinkElement>("link[rel=icon]")?.setAttribute("href", href);
}

export function useFailureAlert(): void {
  const failed = useQuery(countsQuery).data?.counts.FAILED;
  const before = useRef<number | undefined>(undefined);
  const unseen = useRef(0);

  useEffect(() => {
    const more = failed !== undefined && before.current !== undefined ? failed - before.current : 0;
    before.current = failed;
    if (more <= 0 || document.visibilityState === "visible") return;
    unseen.current += more;
    tellFailures(unseen.current);
    setIcon(alertIcon);
  }, [failed]);

  useEffect(() => {
    const look = () => {
      if (document.visibilityState === "hidden") return;
      unseen.current = 0;
      tellFailures(0);
      setIcon(icon);
    };
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, []);
}
