import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, isIPv6, type TcpNetConnectOpts } from 'node:net';
import type { Attempt } from '../../domain/webhooks/delivery.ts';
import type { WebhookSender } from '../../ports/webhooks/sender.ts';
import { isIn, isPublicAddress, networks } from './public-addresses.ts';
import { type Resolve, resolveHost } from './resolve.ts';

export interface WebhookSenderOptions {
  /** Networks beside the public internet that messages may be sent to, there also without TLS. Default: none. */
  readonly networks?: readonly string[];
  /** Sent as `User-Agent`. */
  readonly userAgent: string;
  /** For one attempt, from the name to the end of the answer. Default: 5 s. */
  readonly timeoutMs?: number;
  readonly resolve?: Resolve;
  /** Certificates of authorities, in place of those of the system. */
  readonly ca?: string;
}

const TIMEOUT_MS = 5000;
const MAX_URL = 2048;
/** More addresses of a host are not tried: each one is a connection to a place that the name server of a tenant chose. */
const MAX_ADDRESSES = 8;
const MAX_HEADER_BYTES = 16 * 1024;
/** More of an answer is not read. */
const MAX_ANSWER_BYTES = 64 * 1024;

const NOT_PUBLIC = 'an https URL of a host on the public internet';
/** For a URL that is refused before its host is looked up. */
const PUBLIC_ONLY = `${NOT_PUBLIC} (the operator of the server can allow others: WEBHOOK_NETWORKS)`;

/**
 * Each attempt resolves the name once and connects to one of the addresses that it has checked, so a name server cannot
 * answer differently in between. No proxy is used.
 */
export function createWebhookSender(options: WebhookSenderOptions): WebhookSender {
  const { userAgent, timeoutMs = TIMEOUT_MS, resolve = resolveHost, ca } = options;
  const others = networks(options.networks ?? []);
  const hasOthers = (options.networks ?? []).length > 0;

  function isAllowed(address: string, { protocol }: URL): boolean {
    return isIn(others, address) || (protocol === 'https:' && isPublicAddress(address));
  }

  function refusal(text: string): string | null {
    if (text.length > MAX_URL) return `a URL of at most ${MAX_URL} characters`;
    const url = URL.canParse(text) ? new URL(text) : null;
    if (url?.protocol !== 'https:' && !(hasOthers && url?.protocol === 'http:'))
      return url?.protocol === 'http:' ? PUBLIC_ONLY : 'an https URL';
    if (url.username !== '' || url.password !== '') return 'a URL without user name and password';
    if (url.hash !== '') return 'a URL without a fragment';
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const local = isIP(host) !== 0 ? host : /^(.*\.)?localhost\.?$/.test(host) ? '127.0.0.1' : null;
    return local === null || isAllowed(local, url) ? null : PUBLIC_ONLY;
  }

  async function post(
    text: string,
    headers: Readonly<Record<string, string>>,
    body: string,
  ): Promise<Attempt> {
    const refused = refusal(text);
    if (refused !== null) return without(`The URL is refused: expected ${refused}`);
    const url = new URL(text);
    const end = performance.now() + timeoutMs;
    const signal = AbortSignal.timeout(timeoutMs);
    const found = await resolve(url.hostname, signal);
    if (signal.aborted) return without(`The name of the host was not resolved within ${timeoutMs} ms`);
    if (found.length === 0) return without('The name of the host has no address');
    const allowed = found.filter((each) => isAllowed(each, url)).slice(0, MAX_ADDRESSES);
    if (allowed.length === 0) return without(`The host is refused: expected ${NOT_PUBLIC}`);
    return exchange(url, allowed, { headers, body, end, signal });
  }

  function exchange(
    url: URL,
    addresses: readonly string[],
    {
      headers,
      body,
      end,
      signal,
    }: { headers: Readonly<Record<string, string>>; body: string; end: number; signal: AbortSignal },
  ): Promise<Attempt> {
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const request: RequestOptions & ConnectOptions & { servername?: string; ca?: string } = {
      ...connectTo(host, addresses, end - performance.now()),
      port: url.port,
      path: url.pathname + url.search,
      method: 'POST',
      headers: {
        ...headers,
        host: url.host,
        'user-agent': userAgent,
        'content-length': Buffer.byteLength(body),
      },
      agent: false,
      maxHeaderSize: MAX_HEADER_BYTES,
      signal,
      ...(isIP(host) === 0 && { servername: host }),
      ...(ca !== undefined && { ca }),
    };
    return new Promise((resolve) => {
      const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
      const sent = send(request);
      let hasAnswer = false;
      const resolveWithout = (error: string) => {
        if (!hasAnswer) resolve(without(error));
      };
      sent.on('response', (response) => {
        hasAnswer = true;
        void readSome(response).then(() => {
          sent.destroy();
          resolve({ status: response.statusCode ?? null, error: null });
        });
      });
      sent.on('error', (error) => {
        const late = `No answer within ${timeoutMs} ms`;
        resolveWithout(signal.aborted ? late : `The connection failed: ${reasonOf(error)}`);
      });
      sent.on('close', () => resolveWithout('The connection was closed without an answer'));
      sent.end(body);
    });
  }

  return { refusal, post };
}

type ConnectOptions = Pick<
  TcpNetConnectOpts,
  'host' | 'lookup' | 'autoSelectFamily' | 'autoSelectFamilyAttemptTimeout'
>;

/**
 * Node connects to the first of the addresses and, as long as no connection stands, to the next one. An address that does
 * not respond gets its share of the time that is left, so that time remains for the others.
 */
function connectTo(host: string, addresses: readonly string[], leftMs: number): ConnectOptions {
  const found = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
  return {
    host,
    lookup: (_host, _options, answer) => answer(null, found),
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: Math.max(1, Math.ceil(leftMs / addresses.length)),
  };
}

/** Reads and drops the body: all of it, or `MAX_ANSWER_BYTES`, or what comes in time. The status has arrived before. */
async function readSome(response: IncomingMessage): Promise<void> {
  let bytes = 0;
  try {
    for await (const chunk of response) {
      bytes += (chunk as Buffer).length;
      if (bytes >= MAX_ANSWER_BYTES) return;
    }
  } catch {
    // The body broke off. The status is enough.
  }
}

function without(error: string): Attempt {
  return { status: null, error };
}

/** Codes only: messages contain addresses. */
function reasonOf(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  return code ?? 'unknown';
}
