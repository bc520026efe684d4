/** Stands in for the service: answers by method and path, and remembers what it was asked. */
import { vi } from "vitest";

export interface Asked {
  method: string;
  path: string;
  search: URLSearchParams;
  body: unknown;
  headers: Headers;
}

type Answer = unknown | ((asked: Asked) => unknown);

/** An answer that is not a plain 200: give it to a route in place of the body. */
export class Reply {
  constructor(
    readonly status: number,
    readonly body: unknown = {},
  ) {}
}

export const gone = () => {
  throw new TypeError("Failed to fetch");
};

/** Does what it is asked, but so many of its answers get lost; it knows a request by its key when it comes again. */
export function losing(times: number, { answer, toOthers }: { answer: unknown; toOthers: Reply }) {
  let ours: string | null = null;
  let lost = 0;
  return ({ headers }: Asked) => {
    const key = headers.get("Idempotency-Key");
    ours ??= key;
    lost += 1;
    if (lost <= times) return gone();
    return key === ours ? answer : toOthers;
  };
}

export class FakeService {
  readonly asked: Asked[] = [];
  private readonly routes = new Map<string, Answer>();

  constructor() {
    vi.stubGlobal("fetch", (url: string, init: RequestInit) => this.fetch(url, init));
  }

  /** `on("GET /api/jobs/", …)`: a body, a Reply, or a function that makes one, or a promise of it. */
  on(route: string, answer: Answer): this {
    this.routes.set(route, answer);
    return this;
  }

  requests(route: string): Asked[] {
    return this.asked.filter((asked) => `${asked.method} ${asked.path}` === route);
  }

  private async fetch(url: string, init: RequestInit): Promise<Response> {
    const { pathname, searchParams } = new URL(url, location.origin);
    const asked: Asked = {
      method: init.method ?? "GET",
      path: pathname,
      search: searchParams,
      body: typeof init.body === "string" ? JSON.parse(init.body) : undefined,
      headers: new Headers(init.headers),
    };
    this.asked.push(asked);
    const route = this.routes.get(`${asked.method} ${asked.path}`);
    if (route === undefined) throw new Error(`Nobody answers ${asked.method} ${asked.path}`);
    const answer = await (typeof route === "function" ? route(asked) : route);
    const { status, body } = answer instanceof Reply ? answer : new Reply(200, answer);
    return new Response(status === 204 ? null : JSON.stringify(body), { status });
  }
}

/** An answer that waits until it is given. */
export function deferred<T>() {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
