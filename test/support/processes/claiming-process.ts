import { lockFolder } from '../../../src/adapters/lmdb/folder-lock.ts';

/** Claims the folder at argv[2], says so, and keeps it for ever. */
lockFolder(process.argv[2] ?? '');
process.stdout.write('claimed\n');
setInterval(() => undefined, 60_000);
