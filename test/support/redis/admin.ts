import { Redis } from 'ioredis';
import { onTestFinished } from 'vitest';

/** A connection with all rights to the Redis of a test. It is closed when the running test ends. */
export function adminOf(url: string): Redis {
  const admin = new Redis(url);
  admin.on('error', () => undefined);
  onTestFinished(() => admin.disconnect());
  return admin;
}

/** Makes a user with `rules`, and returns the URL with its credentials. */
export async function urlOfUser(url: string, ...rules: readonly string[]): Promise<string> {
  await adminOf(url).call('ACL', 'SETUSER', 'app', 'reset', 'on', '>pw', '~*', '&*', '+@all', ...rules);
  return url.replace('redis://', 'redis://app:pw@');
}

/** Makes the Redis at `url` a replica of the one at `primary`, and waits until it is synchronised. */
export async function replicate(url: string, primary: string): Promise<void> {
  const { hostname, port } = new URL(primary);
  const admin = adminOf(url);
  await admin.call('REPLICAOF', hostname, port);
  while (!(await admin.info('replication')).includes('master_link_status:up'));
}
