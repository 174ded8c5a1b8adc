import { createInterface } from 'node:readline';
import { createLmdbKeyStore } from '../../../src/adapters/lmdb/key-store.ts';
import type { KeyStore } from '../../../src/ports/stores/key-store.ts';

/** Opens the store at argv[2]. Each input line `[method, …arguments]` is a call; its result is an output line of JSON. */
const store = createLmdbKeyStore({ path: process.argv[2] ?? '' });
process.stdout.write('"open"\n');
for await (const line of createInterface(process.stdin)) {
  const [method, ...values] = JSON.parse(line) as [Exclude<keyof KeyStore, symbol>, ...unknown[]];
  const work = store[method] as (...values: unknown[]) => Promise<unknown>;
  process.stdout.write(`${JSON.stringify((await work(...values)) ?? null)}\n`);
}
await store[Symbol.asyncDispose]();
