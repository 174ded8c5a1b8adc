import { beforeEach, describe, expect, it } from 'vitest';
import type { Adaptation } from '../../../src/domain/adaptation.ts';
import { createModels } from '../../../src/service/models.ts';
import { createReports, type Reports } from '../../../src/service/trust/reports.ts';
import { type Deferred, deferred } from '../../support/deferred.ts';
import { tinyPackages } from '../../support/packages.ts';

const { manifest } = tinyPackages.gradients();
const endedAt = '2026-01-01T00:00:00.000Z';
const record = (id: string) =>
  ({
    tenant: 'acme',
    task: 'signs',
    id,
    status: 'succeeded',
    report: null,
    packageDigest: manifest.digest,
    endedAt,
  }) as Adaptation;

describe('reports that wait for a pause between adaptations', () => {
  let pause: Deferred;
  /** What the store has. */
  let stored: Map<string, Adaptation>;
  let latest: number[];
  let computed: string[];
  let reports: Reports;
  /** As in a process that shares its store with others. */
  beforeEach(() => {
    pause = deferred();
    computed = [];
    latest = [];
    stored = new Map();
    reports = createReports({
      models: createModels([tinyPackages.gradients()]),
      store: {
        adaptation: async (_tenant, _task, id) => stored.get(id) ?? null,
        putReport: async () => undefined,
      },
      queue: { announce: async () => undefined },
      clock: { now: () => new Date(endedAt) },
      quiet: {
        wait(_signal, at) {
          latest.push(at - performance.now());
          return pause.promise;
        },
      },
      assess: Object.assign(
        async ({ id }: Adaptation) => {
          computed.push(id);
          return null;
        },
        { forget: () => undefined },
      ),
      isShared: true,
      onError(error) {
        throw error;
      },
    });
  });

  /** A run of this adaptation ends. */
  const end = (id: string) => {
    stored.set(id, record(id));
    reports.afterRun(record(id));
  };

  it('are computed one after the other, in the order of the adaptations', async () => {
    for (const id of ['a', 'b', 'c']) end(id);
    await new Promise(setImmediate);
    expect(computed).toEqual([]);
    pause.resolve();
    await expect.poll(() => computed).toEqual(['a', 'b', 'c']);
  });

  it('are computed at once when their record is read', async () => {
    for (const id of ['a', 'b']) end(id);
    reports.whenRead(record('b'));
    reports.whenRead(record('b'));
    await expect.poll(() => computed).toEqual(['b']);
    pause.resolve();
    await expect.poll(() => computed).toEqual(['b', 'a']);
  });

  it('wait ten seconds at the latest', () => {
    end('a');
    expect(latest).toEqual([expect.closeTo(10_000, -3)]);
  });

  it('are not computed if another process has done it, or if the task is deleted', async () => {
    for (const id of ['a', 'b', 'c']) end(id);
    stored.set('a', { ...record('a'), report: {} } as Adaptation);
    stored.delete('b');
    pause.resolve();
    await expect.poll(() => computed).toEqual(['c']);
    expect(reports.mayCome(record('b'))).toBe(true);
  });

  it('are computed again for a task that was deleted and made again', async () => {
    pause.resolve();
    end('a');
    await expect.poll(() => reports.mayCome(record('a'))).toBe(false);
    end('a');
    await expect.poll(() => computed).toEqual(['a', 'a']);
  });

  it('stay when a caller has read the record before its end', async () => {
    end('a');
    reports.whenRead({ ...record('a'), status: 'running' });
    pause.resolve();
    await expect.poll(() => computed).toEqual(['a']);
  });

  it('of other processes are left to them', async () => {
    reports.whenRead(record('a'));
    await reports.stop();
    expect(computed).toEqual([]);
  });

  it('are at most 10,000: the oldest of more is computed when its record is read', async () => {
    const ids = Array.from({ length: 10_001 }, (_, i) => String(i));
    for (const id of ids) end(id);
    pause.resolve();
    await expect.poll(() => computed.length).toBe(10_000);
    expect(computed).toEqual(ids.slice(1));
    expect(reports.mayCome(record('0'))).toBe(true);
  });

  it('are abandoned when the process stops', async () => {
    for (const id of ['a', 'b']) end(id);
    const stopped = reports.stop();
    pause.resolve();
    await stopped;
    end('c');
    expect(computed).toEqual([]);
  });
});
