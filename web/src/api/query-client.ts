/** How answers are kept: shown while newer ones are fetched, and asked for again by lib/refresh.ts alone. */
import { QueryClient } from "@tanstack/react-query";

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      // The browser's opinion on being online says nothing about a service on loopback.
      queries: { networkMode: "always", retry: false, refetchOnWindowFocus: false, refetchOnReconnect: false },
      mutations: { networkMode: "always", retry: false, retryDelay: 1_000 },
    },
  });
}
