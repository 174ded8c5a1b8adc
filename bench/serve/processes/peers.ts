import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../../../test/support/redis/ready.ts';
import { peerAdapt } from '../load/bodies.ts';
import { call } from '../load/call.ts';
import type { Contender, Keep } from '../scenario.ts';
import { ended } from './server.ts';

const PYTHON = '/usr/bin/python3';
const START_MS = 60_000;
const THREADS = '1';

/**
 * `plain`: as in the FastAPI tutorial. `tuned`: as little Python code per request as possible, and an allocator that
 * reuses memory.
 */
const builds = { plain: 'debian', tuned: 'debian+malloc' } as const;
export type Mode = keyof typeof builds;

export interface Peer extends AsyncDisposable {
  readonly address: string;
}

/** Versions of the peer's libraries, or the reason why it cannot run here. */
export function peerVersions(path: string): { readonly versions: string } | { readonly absent: string } {
  if (!existsSync(path)) return { absent: `there is no ${path}` };
  const script =
    'import torch, fastapi, uvicorn, uvloop, httptools; print(f"torch {torch.__version__}, fastapi {fastapi.__version__}, uvicorn {uvicorn.__version__}")';
  const { status, stdout } = spawnSync(PYTHON, ['-c', script], { encoding: 'utf8' });
  return status === 0
    ? { versions: stdout.trim() }
    : { absent: `${PYTHON} lacks one of torch, fastapi, uvicorn, uvloop and httptools` };
}

/** One process of the peer with an adapted task `t`. */
async function startPeer(path: string, mode: Mode): Promise<Peer> {
  const folder = dirname(resolve(path));
  const script =
    'import json, sys; sys.path.insert(0, sys.argv[1]); import torch_peer; print(json.dumps(torch_peer.env(sys.argv[2], int(sys.argv[3]))))';
  const { stdout } = spawnSync(PYTHON, ['-c', script, folder, builds[mode], THREADS], { encoding: 'utf8' });
  const port = await freePort();
  const address = `http://127.0.0.1:${port}`;
  const child = spawn(PYTHON, [resolve(path), '--serve', String(port), '1'], {
    cwd: folder,
    env: { ...JSON.parse(stdout), PEER_MODE: mode, PEER_THREADS: THREADS },
    stdio: 'ignore',
  });
  const stop = () => ended(child, 'SIGTERM');
  const post = peerAdapt('/tasks/t/adapt', { ways: 5, shots: 1, steps: 5 });
  const end = performance.now() + START_MS;
  while (performance.now() < end && child.exitCode === null) {
    const answer = await call(address, post).catch(() => null);
    if (answer?.status === 200) return { address, [Symbol.asyncDispose]: stop };
    await pause(50);
  }
  await stop();
  throw new Error(`Expected the peer at ${path} to start`);
}

/** Contenders that need a peer. If the peer cannot run, they are left out with the reason. */
export async function peerContenders(
  path: string,
  mode: Mode,
  keep: Keep,
  contenders: (peer: Peer) => readonly Contender[],
): Promise<readonly Contender[]> {
  const found = peerVersions(path);
  if ('versions' in found) return contenders(keep(await startPeer(path, mode)));
  const absentPeer: Peer = { address: '', [Symbol.asyncDispose]: async () => undefined };
  return contenders(absentPeer).map(({ label }) => ({ label, absent: found.absent }));
}
