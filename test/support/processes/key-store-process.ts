import { createInterface } from 'node:readline';
import { createLmdbKeyStore } from '../../../src/adapters/lmdb/key-store.ts';
import type { KeyStore } from '../../../src/ports/key-store.ts';

/** The store at argv[2], driven by lines `[method, …arguments]`; answers each with its result, a line of JSON. */
const store = createLmdbKeyStore({ path: process.argv[2] ?? '' });
process.stdout.write('"open"\n');
for await (const line of createInterface(process.stdin)) {
  const [method, ...values] = JSON.parse(line) as [Exclude<keyof KeyStore, symbol>, ...unknown[]];
  const work = store[method] as (...values: unknown[]) => Promise<unknown>;
  process.stdout.write(`${JSON.stringify((await work(...values)) ?? null)}\n`);
}
await store[Symbol.asyncDispose]();
