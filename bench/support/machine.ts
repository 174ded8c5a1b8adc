import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** The processors of this machine, and the version of Node. */
export function processor(): string {
  const processors = cpus();
  return `${processors.length} × ${processors[0]?.model ?? 'unknown processor'}; node ${process.versions.node}`;
}

/** Name and version of a library. */
export function versionOf(library: string): string {
  const file = new URL(`../../node_modules/${library}/package.json`, import.meta.url);
  return `${library} ${(JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version}`;
}
