/** How answers are kept: shown while newer ones are fetched, and asked for again by lib/refresh.ts alone. */
import { QueryClient } from "@tanstack/react-query";
import { UnreachableError } from "../lib/request";

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      // The browser's opinion on being online says nothing about a service on loopback.
      queries: { networkMode: "always", retry: false, refetchOnWindowFocus: false, refetchOnReconnect: false },
      // A change carries its intention, so that one whose answer was lost is not made twice.
      mutations: {
        networkMode: "always",
        retry: (times, error) => error instanceof UnreachableError && times < 1,
        retryDelay: 1_000,
      },
    },
  });
}
