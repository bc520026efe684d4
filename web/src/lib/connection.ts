/** Whether the service answers, as learnt from every call that is made to it. */
import { createStore, useStore } from "./store";

export type Connection = { state: "connecting" } | { state: "open" } | { state: "lost"; heardAt: number | null };

const connection = createStore<Connection>({ state: "connecting" });
const OPEN: Connection = { state: "open" };
let heardAt: number | null = null;

export function answered(): void {
  heardAt = Date.now();
  connection.set(OPEN);
}

export function unanswered(): void {
  if (connection.get().state !== "lost") connection.set({ state: "lost", heardAt });
}

export function useConnection(): Connection {
  return useStore(connection);
}
