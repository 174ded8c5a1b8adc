import { lockFolder } from '../../../src/adapters/lmdb/folder-lock.ts';

/** Locks the folder at argv[2], prints a line, and keeps the lock until it is killed. */
lockFolder(process.argv[2] ?? '');
process.stdout.write('claimed\n');
setInterval(() => undefined, 60_000);
