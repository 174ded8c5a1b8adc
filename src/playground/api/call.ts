/** A call of the API as it was sent, as data: the page prints it as a command or a program. */
export interface Call {
  /** Sets calls of one path apart in the list of calls. */
  readonly purpose?: Purpose;
  readonly method: Method;
  /** Relative to the page, such as `tasks/signs/adapt`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Without the key, the type of the body, and what only matters when a call is repeated. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: { readonly json: unknown } | { readonly text: string; readonly type: string };
}

export type Purpose = 'map' | 'why';
type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

const NOT_PRINTED: ReadonlySet<string> = new Set(['content-type', 'idempotency-key', 'last-event-id']);

/** The call that the client makes with these arguments of `fetch`. `base` is the address of the API. */
export function callOf(url: string, init: RequestInit, base: string): Call {
  const { pathname, search } = new URL(url);
  const headers = Object.entries(init.headers ?? {});
  const type = headers.find(([name]) => name === 'content-type')?.[1] ?? '';
  const printed = headers.filter(([name]) => !NOT_PRINTED.has(name));
  return {
    method: (init.method ?? 'GET') as Method,
    path: pathname.slice(new URL(base).pathname.length),
    query: Object.fromEntries(new URLSearchParams(search)),
    headers: Object.fromEntries(printed.map(([name, value]) => [titled(name), value])),
    ...(typeof init.body === 'string' && { body: bodyOf(init.body, type) }),
  };
}

const bodyOf = (text: string, type: string) =>
  type === 'application/json' ? { json: JSON.parse(text) as unknown } : { text, type };

/** `prefer` as `Prefer`. */
const titled = (name: string) => name.replace(/(?<![a-z])[a-z]/g, (letter) => letter.toUpperCase());

/** The path with its query. */
export function urlOf({ path, query = {} }: Call): string {
  const parameters = new URLSearchParams(query).toString();
  return parameters === '' ? path : `${path}?${parameters}`;
}

/** The headers without the key. */
export function headersOf({ headers = {}, body }: Call): Record<string, string> {
  if (body === undefined) return { ...headers };
  return { ...headers, 'Content-Type': 'json' in body ? 'application/json' : body.type };
}

export function contentOf({ body }: Call): string | undefined {
  if (body === undefined) return undefined;
  return 'json' in body ? JSON.stringify(body.json) : body.text;
}
