import { pause } from './pause.ts';
import { InnerloopProblem, problemOf, retryAfterOf } from './problem.ts';

export interface TransportOptions {
  /** Address of the server, such as `http://127.0.0.1:3000`. */
  readonly server: string;
  /** API key, for a server that asks for one. */
  readonly key?: string | undefined;
  /** Default: that of the platform. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** How often a server that is busy (429, 503) is asked again. Default: 4. */
  readonly retries?: number | undefined;
  /** A call fails at once if the server asks to wait longer than this (`Retry-After`). Default: 30. */
  readonly maxRetrySeconds?: number | undefined;
}

/** A body that can be sent again. */
export interface Content {
  readonly headers: Readonly<Record<string, string>>;
  open(): Sendable;
}

type Sendable = NonNullable<RequestInit['body']>;

export interface RequestOptions {
  readonly method?: string | undefined;
  readonly query?: Readonly<Record<string, Parameter>> | undefined;
  readonly headers?: Readonly<Record<string, string | undefined>> | undefined;
  /** Sent as JSON. */
  readonly json?: unknown;
  readonly content?: Content | undefined;
  readonly signal?: AbortSignal | undefined;
}

type Parameter = string | number | boolean | null | undefined;

export interface Transport {
  /** Address of the server, without a slash at its end. */
  readonly server: string;
  /**
   * The answer, if it is a success. `path` begins with a slash. A server that is busy is asked again.
   * @throws InnerloopProblem
   */
  request(path: string, options?: RequestOptions): Promise<Response>;
  /** @throws InnerloopProblem */
  json<Answer>(path: string, options?: RequestOptions): Promise<Answer>;
}

export function createTransport({
  server: address,
  key,
  fetch = globalThis.fetch,
  retries = 4,
  maxRetrySeconds = 30,
}: TransportOptions): Transport {
  const server = address.replace(/\/+$/, '');
  const authorization = key === undefined || key === '' ? undefined : `Bearer ${key}`;

  async function ask(
    path: string,
    { method = 'GET', query, headers, json, content, signal }: RequestOptions,
  ) {
    const body = json === undefined ? content : jsonContent(json);
    const init = {
      method,
      headers: defined({ authorization, ...headers, ...body?.headers }),
      ...(signal && { signal }),
      // Streams must say that the answer comes after the body.
      ...(body && { body: body.open(), duplex: 'half' as const }),
    };
    try {
      return await fetch(`${server}${path}${searchOf(query)}`, init);
    } catch (cause) {
      signal?.throwIfAborted();
      throw noAnswer(server, cause);
    }
  }

  async function request(path: string, options: RequestOptions = {}): Promise<Response> {
    for (let attempt = 0; ; attempt++) {
      const response = await ask(path, options);
      if (response.ok) return response;
      const seconds = retryAfterOf(response);
      const isBusy = response.status === 429 || response.status === 503;
      if (!isBusy || seconds === undefined || seconds > maxRetrySeconds || attempt >= retries)
        throw await problemOf(response);
      await response.body?.cancel();
      await pause(seconds * 1000, options.signal);
    }
  }

  async function json<Answer>(path: string, options: RequestOptions = {}): Promise<Answer> {
    const response = await request(path, options);
    try {
      return (await response.json()) as Answer;
    } catch (cause) {
      options.signal?.throwIfAborted();
      throw noAnswer(server, cause);
    }
  }

  return { server, request, json };
}

export function noAnswer(server: string, cause: unknown): InnerloopProblem {
  // `fetch` puts the reason into the error's `cause`.
  const error = cause instanceof TypeError && cause.cause instanceof Error ? cause.cause : cause;
  const reason = error instanceof Error ? error.message : String(error);
  const message = `Cannot reach a server at ${server}: ${reason}${originAdvice(server)}`;
  return new InnerloopProblem(0, { code: 'no_answer' }, message, { cause });
}

/** Browsers hide why they refuse an answer to a page of another origin. */
function originAdvice(server: string): string {
  const { location } = globalThis as {
    readonly location?: { readonly href: string; readonly origin: string };
  };
  if (location === undefined || new URL(server, location.href).origin === location.origin) return '';
  return `. If it runs, its setting CORS_ORIGINS must have the origin of this page, ${location.origin}`;
}

function jsonContent(value: unknown): Content {
  return { headers: { 'content-type': 'application/json' }, open: () => JSON.stringify(value) };
}

function searchOf(query: RequestOptions['query'] = {}): string {
  const given = Object.entries(query).flatMap(([name, value]): [string, string][] =>
    value === undefined || value === null ? [] : [[name, `${value}`]],
  );
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
}

/** Without the members that are undefined. */
export function defined<Value>(members: Readonly<Record<string, Value | undefined>>): Record<string, Value> {
  const given = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as Record<string, Value>;
}
