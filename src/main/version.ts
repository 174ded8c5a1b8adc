import { readFileSync } from 'node:fs';

/** Of this checkout, as `package.json` says; the same path from `src/main` and from `dist/main`. */
export function readVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return version;
}
