export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: any JSON answer; each test checks what it expects
  readonly body: any;
  readonly retryAfter: string | null;
  readonly ms: number;
}

export type Call = (
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  body?: object,
  headers?: Readonly<Record<string, string>>,
) => Promise<Answer>;

/** Makes a client of a server, with an optional key. It sends JSON. Answers that are not JSON come back as text. */
export function client(address: string, token?: string): Call {
  return async (method, path, body, headers) => {
    const startedAt = performance.now();
    const response = await fetch(`${address}${path}`, {
      method,
      headers: {
        ...(body && { 'content-type': 'application/json' }),
        ...(token && { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json');
    return {
      status: response.status,
      body: isJson ? JSON.parse(text) : text,
      retryAfter: response.headers.get('retry-after'),
      ms: performance.now() - startedAt,
    };
  };
}
