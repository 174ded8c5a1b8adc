import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { lockFolder } from '../../../src/adapters/lmdb/folder-lock.ts';
import { createLmdbKeyStore } from '../../../src/adapters/lmdb/key-store.ts';
import { createLmdbStateCache } from '../../../src/adapters/lmdb/state-cache.ts';
import { createLmdbTaskStore } from '../../../src/adapters/lmdb/tasks/task-store.ts';
import { InnerloopError } from '../../../src/errors.ts';
import { plenty } from '../examples.ts';

/** Opens all stores of a server in the folder argv[2], and prints whether it succeeded. */
const folder = process.argv[2] ?? '';
try {
  mkdirSync(folder, { recursive: true });
  lockFolder(folder);
  createLmdbTaskStore({ path: join(folder, 'tasks'), quota: plenty });
  createLmdbStateCache({ path: join(folder, 'states'), maxBytes: 1e6 });
  createLmdbKeyStore({ path: join(folder, 'keys') });
  process.stdout.write('opened\n');
} catch (error) {
  const isOurs = error instanceof InnerloopError;
  process.stdout.write(
    `${isOurs ? error.code : 'not ours'}: ${error instanceof Error ? error.message : error}\n`,
  );
}
process.exit();
