import { Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';

const QUERY_MS = 2000;
const QUERIES = 2;

/** The addresses of a host name or an address in a URL. Never throws: a name without addresses has none. */
export type Resolve = (hostname: string, signal: AbortSignal) => Promise<readonly string[]>;

/**
 * Asks the name servers of this machine. Not `dns.lookup`: while it waits for a slow name server, it blocks one of the four
 * threads that files need as well.
 */
export const resolveHost: Resolve = async (hostname, signal) => {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0) return [host];
  if (/^(.*\.)?localhost\.?$/.test(host)) return ['127.0.0.1', '::1'];
  const resolver = new Resolver({ timeout: QUERY_MS, tries: QUERIES });
  const cancel = () => resolver.cancel();
  signal.addEventListener('abort', cancel);
  const answers = [resolver.resolve4(host), resolver.resolve6(host)].map((each) => each.catch(() => []));
  try {
    return (await Promise.all(answers)).flat();
  } finally {
    signal.removeEventListener('abort', cancel);
  }
};
