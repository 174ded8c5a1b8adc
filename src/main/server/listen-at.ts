import type { FastifyInstance } from 'fastify';
import type { Config } from '../../config.ts';
import { InnerloopError } from '../../errors.ts';

/** What is wrong with an address, by the system's error code. */
const faults: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is taken by another process',
  EADDRNOTAVAIL: 'is no address of this machine',
  ENOTFOUND: 'is no address of this machine',
  EACCES: 'is not allowed to this user',
};

/** Listens at the address that two settings name. @throws InnerloopError `invalid_config` that names them */
export async function listenAt(
  app: FastifyInstance,
  config: Config,
  host: 'HOST' | 'METRICS_HOST',
  port: 'PORT' | 'METRICS_PORT',
): Promise<string> {
  try {
    return await app.listen({ host: config[host], port: config[port] });
  } catch (error) {
    const fault = faults[(error as NodeJS.ErrnoException).code ?? ''];
    if (fault === undefined) throw error;
    const got = `${host} ${config[host]} with ${port} ${config[port]}`;
    throw new InnerloopError(
      'invalid_config',
      `Expected ${host} and ${port} to be free, but ${got} ${fault}`,
    );
  }
}
