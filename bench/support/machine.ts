import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** The processors of this machine, and the Node that runs on them. */
export function processor(): string {
  const processors = cpus();
  return `${processors.length} × ${processors[0]?.model ?? 'unknown processor'}; node ${process.versions.node}`;
}

/** A library and its version. */
export function versionOf(library: string): string {
  const file = new URL(`../../node_modules/${library}/package.json`, import.meta.url);
  return `${library} ${(JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version}`;
}
