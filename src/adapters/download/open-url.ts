import { type ErrorCode, InnerloopError } from '../../errors.ts';
import { shown } from './download-errors.ts';

export interface OpenOptions {
  readonly fetch: typeof globalThis.fetch;
  /** Maximum milliseconds in which a server may send nothing. */
  readonly stallMs: number;
}

const MAX_REDIRECTS = 5;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Asks for the content at `start`, as it is stored (not compressed), and follows at most five redirects.
 * @throws InnerloopError `invalid_package` for a redirect that leaves https, and other errors with a reason
 */
export async function openUrl(
  start: URL,
  headers: Readonly<Record<string, string>>,
  { fetch, signal }: Pick<OpenOptions, 'fetch'> & { readonly signal: AbortSignal },
): Promise<Response> {
  let url = start;
  for (let redirects = 0; ; redirects++) {
    const response = await fetch(url, {
      headers: { 'accept-encoding': 'identity', ...headers },
      redirect: 'manual',
      signal,
    });
    if (!REDIRECTS.has(response.status)) return response;
    await response.body?.cancel();
    const location = response.headers.get('location');
    if (location === null) throw new Error(`status ${response.status} without an address`);
    if (redirects === MAX_REDIRECTS) throw new Error(`more than ${MAX_REDIRECTS} redirects`);
    const next = URL.canParse(location, url.href) ? new URL(location, url) : null;
    url = requireHttps(next, `a redirect of ${shown(url)} to ${next ? shown(next) : location}`);
  }
}

/** @throws InnerloopError of this code, which names `source`, unless the address is https: without a user name */
export function requireHttps(url: URL | null, source: string, code: ErrorCode = 'invalid_package'): URL {
  if (url?.protocol === 'https:' && url.username === '' && url.password === '') return url;
  const expected = 'an https: address without user name and password';
  throw new InnerloopError(code, `Expected ${expected}, got ${source}`, { expected, got: source });
}
