import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const PYTHON = '/usr/bin/python3';
const DRIVER = fileURLToPath(new URL('./drive_peer.py', import.meta.url));
/** Debian's PyTorch, with settings that make its allocator reuse memory, which is faster. */
const BUILD = 'debian+malloc';

interface Message {
  readonly version?: string;
  readonly cell?: string;
  readonly flops?: number;
  readonly times?: readonly number[];
}

/** The PyTorch program. In each workload it waits for a message with the time that it should run. */
export interface Peer {
  readonly version: string;
  /**
   * Continues to the workload with this name and returns its number of FLOP; null if the program ends before this
   * workload.
   */
  enter(name: string): Promise<number | null>;
  /** Runs the workload for about this long and returns the time of each run in milliseconds. */
  times(budgetMs: number): Promise<readonly number[]>;
  /** Ends the current workload. */
  leave(): void;
  close(): void;
}

/** The reason why the program cannot run here; null if it can. */
export function missingPeerReason(path: string): string | null {
  if (!existsSync(path)) return `there is no ${path}`;
  const { status } = spawnSync(PYTHON, ['-c', 'import torch']);
  return status === 0 ? null : `${PYTHON} has no torch`;
}

/** Starts the program. It waits only in workloads whose name contains `filter`. */
export async function openPeer(path: string, threads: number, filter: string): Promise<Peer> {
  const child = spawn(PYTHON, [DRIVER, path, BUILD, String(threads), filter], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<Message | null> => {
    const { value, done } = await lines.next();
    return done ? null : (JSON.parse(value) as Message);
  };
  const { version } = (await next()) ?? {};
  if (!version) throw new Error(`Expected an answer from ${path} after its start, got none`);
  return {
    version,
    async enter(name) {
      for (let message = await next(); message; message = await next()) {
        if (message.cell === name) return message.flops ?? 0;
        if (message.cell) child.stdin.write('\n');
      }
      return null;
    },
    async times(budgetMs) {
      child.stdin.write(`${budgetMs}\n`);
      return (await next())?.times ?? [];
    },
    leave: () => void child.stdin.write('\n'),
    close: () => void child.kill(),
  };
}
