import type { FastifyInstance } from 'fastify';
import { expect, it } from 'vitest';
import { parseConfig } from '../../../src/config/parse.ts';
import { listenAt } from '../../../src/main/server/listen-at.ts';

/** Listens on a machine that refuses the address with this error. */
function refused(code: string): Promise<string> {
  const error = Object.assign(new Error(`listen ${code}`), { code, errno: -1, syscall: 'listen' });
  const app = { listen: () => Promise.reject(error) } as unknown as FastifyInstance;
  const config = parseConfig({ HOST: '::', PORT: '8080', API_KEYS: 'required' });
  return listenAt(app, config, 'HOST', 'PORT');
}

it.each([
  ['EAFNOSUPPORT', 'is a kind of address that this machine does not support'],
  // Linux gives this code for a link-local address without its interface.
  ['EINVAL', 'cannot be used (EINVAL)'],
])('names both settings when the system refuses an address with %s', async (code, reason) => {
  await expect(refused(code)).rejects.toMatchObject({
    code: 'invalid_config',
    message: `Expected HOST and PORT to be an address to listen at, but HOST :: with PORT 8080 ${reason}`,
  });
});
