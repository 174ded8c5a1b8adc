import { isIP } from 'node:net';

/** Whether a host name or address always means this machine, on every machine. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
