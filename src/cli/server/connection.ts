import { type Client, type Content, createClient } from '../../client/index.ts';
import { InnerloopError } from '../../errors.ts';
import type { CliContext } from '../context.ts';
import type { ArgsDef } from '../parser/command.ts';

export const DEFAULT_SERVER = 'http://127.0.0.1:3000';

/** The options of every command that talks to a server. */
export const serverArguments = {
  server: {
    type: 'string',
    valueHint: 'address',
    description: `Address of the server (default: INNERLOOP_SERVER, else ${DEFAULT_SERVER})`,
    complete: 'nothing',
  },
  key: {
    type: 'string',
    description:
      'API key, if the server needs one (default: INNERLOOP_KEY, which other users of the machine cannot see)',
    complete: 'nothing',
  },
} as const satisfies ArgsDef;

export interface ServerGiven {
  readonly server?: string | undefined;
  readonly key?: string | undefined;
}

export interface Body {
  readonly type: string;
  readonly length: number;
  /** From the first byte, at each call. */
  chunks(): AsyncIterable<Uint8Array>;
}

/**
 * A client of the server that the options or the environment name. @throws InnerloopError `invalid_request` for an address that
 * is none
 */
export function connect({ server, key }: ServerGiven, { environment, fetch }: CliContext): Client {
  return createClient({
    server: addressOf(server ?? (environment.INNERLOOP_SERVER || DEFAULT_SERVER)),
    key: key ?? environment.INNERLOOP_KEY,
    fetch: (input, init) => fetch(input, init).catch(explain),
  });
}

/** The body as the client sends it. Node's `fetch` sends the chunks of any iterable. */
export const contentOf = ({ type, length, chunks }: Body): Content => ({
  headers: { 'content-type': type, 'content-length': `${length}` },
  open: () => chunks() as unknown as ReturnType<Content['open']>,
});

function addressOf(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  const message = `Expected --server to be an address such as ${DEFAULT_SERVER}, got "${text}"`;
  throw new InnerloopError('invalid_request', message);
}

/** `fetch` puts the reason into the error's `cause`. */
export function explain(error: unknown): never {
  const { cause } = error as { readonly cause?: unknown };
  const { code = '', message = '' } = (cause instanceof Error ? cause : error) as {
    code?: string;
    message?: string;
  };
  throw new Error(REASONS[code] ?? (message || code), { cause: error });
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'no such host',
  ECONNRESET: 'the connection broke',
  EPIPE: 'the connection broke',
  UND_ERR_SOCKET: 'the connection broke',
  UND_ERR_CONNECT_TIMEOUT: 'it does not answer',
  UND_ERR_HEADERS_TIMEOUT: 'it does not answer',
};
