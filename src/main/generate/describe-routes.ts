import { buildApp } from '../../http/app.ts';
import type { Keys } from '../../service/keys/keys.ts';
import type { Service } from '../../service/service.ts';
import { readVersion } from '../version.ts';

/**
 * The API's description as JSON text. Routes are registered but never called, so the services behind them are empty
 * objects.
 */
export async function describeRoutes(): Promise<string> {
  const app = await buildApp({ service: {} as Service, keys: {} as Keys, version: readVersion() });
  await app.ready();
  const description = `${JSON.stringify(app.swagger(), null, 2)}\n`;
  await app.close();
  return description;
}
