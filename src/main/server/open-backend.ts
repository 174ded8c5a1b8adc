import type { FastifyBaseLogger } from 'fastify';
import type { Config } from '../../config.ts';
import type { Meter } from '../../ports/telemetry.ts';
import type { ServiceOptions } from '../../service/service-options.ts';
import type { Backend } from './backends/backend.ts';
import { openLmdbBackend } from './backends/lmdb-backend.ts';

/** The backend that the settings choose. */
export async function openBackend(
  config: Config,
  logger: FastifyBaseLogger,
  meter: Meter,
  onError: ServiceOptions['onError'],
): Promise<Backend> {
  if (config.REDIS_URL === '') return openLmdbBackend(config, logger, meter, onError);
  // Loaded only when needed: a service on files starts faster without the Redis libraries.
  const { openRedisBackend } = await import('./backends/redis-backend.ts');
  return openRedisBackend(config, logger, meter);
}
