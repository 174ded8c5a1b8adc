import childProcess from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';

/** Unit tests must not start processes or open sockets. Both fail here with an error that names the right tier. */
function refuse(what: string): () => never {
  return () => {
    throw new Error(`A unit test ${what}: name the file *.process.test.ts or *.contract.test.ts`);
  };
}

const starts = refuse('starts a process');
Object.assign(childProcess, {
  spawn: starts,
  spawnSync: starts,
  fork: starts,
  exec: starts,
  execSync: starts,
  execFile: starts,
  execFileSync: starts,
});
net.Server.prototype.listen = refuse('listens on a socket');
net.Socket.prototype.connect = refuse('connects a socket');
syncBuiltinESMExports();
