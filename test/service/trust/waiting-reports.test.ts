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
  let computed: string[];
  let reports: Reports;
  /** As in a process that shares its store with others. */
  beforeEach(() => {
    pause = deferred();
    computed = [];
    reports = createReports({
      models: createModels([tinyPackages.gradients()]),
      store: { putReport: async () => undefined },
      queue: { announce: async () => undefined },
      clock: { now: () => new Date(endedAt) },
      quiet: { wait: () => pause.promise },
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

  it('are computed one after the other, in the order of the adaptations', async () => {
    for (const id of ['a', 'b', 'c']) reports.afterRun(record(id));
    await new Promise(setImmediate);
    expect(computed).toEqual([]);
    pause.resolve();
    await expect.poll(() => computed).toEqual(['a', 'b', 'c']);
  });

  it('are computed at once when their record is read', async () => {
    for (const id of ['a', 'b']) reports.afterRun(record(id));
    reports.whenRead(record('b'));
    reports.whenRead(record('b'));
    await expect.poll(() => computed).toEqual(['b']);
    pause.resolve();
    await expect.poll(() => computed).toEqual(['b', 'a']);
  });

  it('of other processes are left to them', async () => {
    reports.whenRead(record('a'));
    await reports.stop();
    expect(computed).toEqual([]);
  });

  it('are at most 1000: without one, the oldest is computed when its record is read', async () => {
    const ids = Array.from({ length: 1001 }, (_, i) => String(i));
    for (const id of ids) reports.afterRun(record(id));
    pause.resolve();
    await expect.poll(() => computed.length).toBe(1000);
    expect(computed).toEqual(ids.slice(1));
    expect(reports.mayCome(record('0'))).toBe(true);
  });

  it('are abandoned when the process stops', async () => {
    for (const id of ['a', 'b']) reports.afterRun(record(id));
    const stopped = reports.stop();
    pause.resolve();
    await stopped;
    reports.afterRun(record('c'));
    expect(computed).toEqual([]);
  });
});
