import { readFileSync } from 'node:fs';

/** The version in `package.json`. Its relative path is the same from `src/main` and from `dist/main`. */
export function readVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return version;
}
