/** Brings what is on the page up to date, quietly: every few seconds while it is looked at, and never while it is held. */
import { type Query, type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useConnection } from "./connection";
import { isHeld, useHeld } from "./hold";

const EVERY_MS = 5_000;
const WHEN_LOST_MS = 2_000;
const WHEN_HIDDEN_MS = 30_000;

const hasData = (query: Query) => query.state.data !== undefined;
const isWatchedInBackground = (query: Query) => query.meta?.background === true;

/** To be called after a change: what is shown follows at once, or when it is free again. */
export function refresh(client: QueryClient): void {
  client.invalidateQueries({ refetchType: isHeld() ? "none" : "active" });
}

function refetch(client: QueryClient): void {
  // A slow answer is waited for, not asked for again.
  client.refetchQueries({ type: "active" }, { cancelRefetch: false });
}

export function useQuietRefresh(): void {
  const client = useQueryClient();
  const held = useHeld();
  const wasHeld = useRef(false);
  const lost = useConnection().state === "lost";

  useEffect(() => {
    if (held) client.cancelQueries({ predicate: hasData });
    else if (wasHeld.current) refetch(client);
    wasHeld.current = held;
  }, [client, held]);

  useEffect(() => {
    const look = () => {
      if (document.visibilityState === "visible" && !isHeld()) refetch(client);
    };
    const glance = () => {
      if (document.visibilityState === "hidden") client.refetchQueries({ predicate: isWatchedInBackground });
    };
    const timers = [setInterval(look, lost ? WHEN_LOST_MS : EVERY_MS), setInterval(glance, WHEN_HIDDEN_MS)];
    window.addEventListener("focus", look);
    document.addEventListener("visibilitychange", look);
    return () => {
      for (const timer of timers) clearInterval(timer);
      window.removeEventListener("focus", look);
      document.removeEventListener("visibilitychange", look);
    };
  }, [client, lost]);
}
