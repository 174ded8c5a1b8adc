import { basename, resolve } from 'node:path';
import { InnerloopError } from '../errors.ts';

/**
 * A name of a-z, 0-9 and hyphens from the last part of a path: `My Photos` → `my-photos`.
 * @throws InnerloopError `invalid_request` that asks for `option`, if none can be made
 */
export function slugOf(path: string, option: string): string {
  const words = basename(resolve(path))
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .match(/[a-z0-9]+/g);
  if (words) return words.join('-').slice(0, 63);
  throw new InnerloopError(
    'invalid_request',
    `Expected ${option}, since no name can be made of ${path}: it has no letter a-z and no digit`,
  );
}
