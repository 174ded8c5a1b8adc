import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { InnerloopError } from '../../errors.ts';

const KEY_BYTES = 32;

/**
 * The key in the file, as base64. Without a file, writes one with a new key, which only this user may read. Only one
 * process may call this at a time.
 * @throws InnerloopError `invalid_config` when the file has no key, or cannot be written
 */
export async function readKeyFile(path: string): Promise<Buffer> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw cannot('read', path, error);
  });
  if (text === null) {
    const key = randomBytes(KEY_BYTES);
    const options = { mode: 0o600, flag: 'wx', flush: true } as const;
    await writeFile(path, `${key.toString('base64')}\n`, options).catch((error: NodeJS.ErrnoException) => {
      throw cannot('written', path, error);
    });
    return key;
  }
  const key = Buffer.from(text.trim(), 'base64');
  if (key.length === KEY_BYTES) return key;
  const message = `Expected ${KEY_BYTES} bytes as base64 in ${path}, which encrypts the secrets of webhooks, got ${key.length}: restore the file from a backup`;
  throw new InnerloopError('invalid_config', message);
}

function cannot(what: string, path: string, { code }: NodeJS.ErrnoException): InnerloopError {
  return new InnerloopError(
    'invalid_config',
    `${path}, which encrypts the secrets of webhooks, cannot be ${what} (${code})`,
  );
}
