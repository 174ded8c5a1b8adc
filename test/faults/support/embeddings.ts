import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { scratchFolder } from '../../support/scratch.ts';
import type { ServerProcess } from '../../support/servers/server-process.ts';

/** The server of `counting-server.ts`. */
export const COUNTING = 'test/faults/support/counting-server.ts';

/** What the counting servers embed. */
export interface Embeddings {
  readonly environment: Readonly<Record<string, string>>;
  /**
   * Asserts that each text was embedded, once by each process that embedded it, and by no other process than one and
   * those that were killed. Answers how many embeddings were repeated, and the largest number for one text.
   */
  expectOnce(
    texts: readonly string[],
    killed?: readonly ServerProcess[],
  ): Promise<{ readonly embedded: number; readonly again: number; readonly most: number }>;
}

/** The counts end with the running test. */
export async function countEmbeddings(): Promise<Embeddings> {
  const file = join(await scratchFolder(), 'embedded');
  return {
    environment: { EMBEDDED_FILE: file },
    async expectOnce(texts, killed = []) {
      const lines = (await readFile(file, 'utf8')).trim().split('\n');
      const byText = new Map<string, number[]>();
      for (const line of lines) {
        const { pid, text } = JSON.parse(line) as { pid: number; text: string };
        byText.set(text, [...(byText.get(text) ?? []), pid]);
      }
      const gone = new Set(killed.map(({ child }) => child.pid));
      let [again, most] = [0, 0];
      for (const text of texts) {
        const processes = byText.get(text) ?? [];
        expect(processes.length, `${text} was embedded`).toBeGreaterThan(0);
        expect(new Set(processes).size, `${text} was embedded once by each process`).toBe(processes.length);
        const living = processes.filter((pid) => !gone.has(pid));
        expect(living.length, `${text} was embedded again only after a kill`).toBeLessThanOrEqual(1);
        again += processes.length - 1;
        most = Math.max(most, processes.length);
      }
      return { embedded: texts.length, again, most };
    },
  };
}
