import type { FastifyInstance } from 'fastify';
import type { Config } from '../../config.ts';
import { InnerloopError } from '../../errors.ts';
import { isSystemError } from '../../package/files.ts';

/** Why an address cannot be used, by error code of the system. */
const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is used by another process',
  EADDRNOTAVAIL: 'is not an address of this machine',
  ENOTFOUND: 'is not an address of this machine',
  EAFNOSUPPORT: 'is a kind of address that this machine does not support',
  EACCES: 'is not allowed to this user',
};

/** Listens at the address in two settings. @throws InnerloopError `invalid_config` that names the settings */
export async function listenAt(
  app: FastifyInstance,
  config: Config,
  host: 'HOST' | 'METRICS_HOST',
  port: 'PORT' | 'METRICS_PORT',
): Promise<string> {
  try {
    return await app.listen({ host: config[host], port: config[port] });
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const reason = reasons[error.code] ?? `cannot be used (${error.code})`;
    const got = `${host} ${config[host]} with ${port} ${config[port]}`;
    throw new InnerloopError(
      'invalid_config',
      `Expected ${host} and ${port} to be an address to listen at, but ${got} ${reason}`,
    );
  }
}
