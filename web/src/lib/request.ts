/** The one way to the service: JSON in and out, problem documents as errors, and word of the connection. */
import { answered, unanswered } from "./connection";

const TIMEOUT_MS = 20_000;
const AWAY = [502, 503, 504];

export type Problem = Record<string, unknown>;

/** The service could not be reached, or said that it cannot answer now: the same request may be sent again. */
export class UnreachableError extends Error {
  override name = "UnreachableError";
}

/** The service understood, and said no. */
export class RefusedError extends Error {
  override name = "RefusedError";

  constructor(
    readonly status: number,
    readonly problem: Problem,
  ) {
    super(typeof problem.detail === "string" ? problem.detail : `The service answered ${status}.`);
  }

  /** What it says of one field, in a sentence; null when it says nothing. */
  field(name: string): string | null {
    const messages = this.problem[name];
    return Array.isArray(messages) && messages.length > 0 ? messages.join(" ") : null;
  }

  /** The job that holds the name that was asked for. */
  get holder(): string | null {
    return typeof this.problem.job_id === "string" ? this.problem.job_id : null;
  }
}

interface RequestOptions {
  method?: "GET" | "POST" | "PATCH" | "DELETE";
  body?: unknown;
  /** One for each thing a person wants done, so that sending it again cannot do it twice. */
  intention?: string;
  signal?: AbortSignal;
}

export async function request<T>(path: string, options: RequestOptions = {}): Promise<T> {
  const { response, text } = await send(path, options);
  const body = parsed(text);
  if (!response.ok) throw new RefusedError(response.status, (body ?? {}) as Problem);
  return body as T;
}

interface Answer {
  response: Response;
  text: string;
}

async function send(path: string, { signal, ...options }: RequestOptions): Promise<Answer> {
  // In place of AbortSignal.any and AbortSignal.timeout, which not all of our browsers have.
  const ending = new AbortController();
  const end = () => ending.abort();
  const timer = setTimeout(end, TIMEOUT_MS);
  signal?.addEventListener("abort", end);
  if (signal?.aborted) end();
  try {
    const answer = await exchange(path, options, ending.signal);
    if (AWAY.includes(answer.response.status)) throw new UnreachableError("The service cannot answer just now.");
    answered();
    return answer;
  } catch (error) {
    if (signal?.aborted) throw error;
    unanswered();
    throw error instanceof UnreachableError ? error : new UnreachableError("The service cannot be reached.");
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", end);
  }
}

async function exchange(path: string, options: RequestOptions, signal: AbortSignal): Promise<Answer> {
  const { method = "GET", body, intention } = options;
  const response = await fetch(path, {
    method,
    headers: {
      Accept: "application/json",
      ...(body !== undefined && { "Content-Type": "application/json" }),
      ...(intention !== undefined && { "Idempotency-Key": intention }),
    },
    // Asks with the ETag it has, and costs nothing when nothing has changed.
    cache: "no-cache",
    signal,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { response, text: await response.text() };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // there was none, or it is not the service that answered
  }
}

/** crypto.randomUUID is missing where the page is not served from loopback or over TLS; random values never are. */
export function newIntention(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function explain(error: unknown): string {
  return error instanceof Error ? error.message : "Something unexpected happened.";
}
