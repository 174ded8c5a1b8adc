import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { InnerloopError } from '../../../src/errors.ts';
import type { ProgramRunner, SplitsRun } from '../../../src/ports/program-runner.ts';
import type { Service } from '../../../src/service/service.ts';
import type { ServiceOptions } from '../../../src/service/service-options.ts';
import { deferred } from '../../support/deferred.ts';
import { eventually } from '../../support/eventually.ts';
import { createMemoryRunner } from '../../support/memory/program-runner.ts';
import { tinyPackages } from '../../support/packages.ts';
import { runnerOf } from '../../support/runner-of.ts';
import { kept, labelled, openService, settle } from '../../support/service.ts';

const packages = [tinyPackages.prototypes(), tinyPackages.gradients(), tinyPackages.curve()];
/** The last example of `low` is among those of `high`. */
const support = labelled(
  ['low', 0, 0],
  ['low', 0.1, 0],
  ['low', 0, 0.1],
  ['low', 0.97, 0.98],
  ['high', 1, 1],
  ['high', 0.9, 1],
  ['high', 1, 0.9],
  ['high', 0.95, 1],
);
const closed = { model: 'tiny-prototypes', support };
const stepping = { model: 'tiny-gradients', support };

describe('reports', () => {
  let runner: ProgramRunner;
  beforeAll(async () => {
    runner = createMemoryRunner();
    for (const each of packages) await runner.load(each);
  });
  afterAll(() => runner[Symbol.asyncDispose]());

  /** A service whose runner answers splits by `splits`. */
  const open = (splits: ProgramRunner['splits'] = runner.splits, overrides: Partial<ServiceOptions> = {}) => {
    const opened = openService({ ...runnerOf(runner), splits }, packages, overrides);
    onTestFinished(() => opened[Symbol.asyncDispose]());
    opened.service.processAdaptations();
    return opened;
  };
  const adapt = async (service: Service, request: typeof closed) =>
    settle(service, await service.adapt('acme', 'signs', request));
  const read = (service: Service, id: string) => service.adaptation('acme', 'signs', id);
  const reported = (service: Service, id: string) =>
    eventually(async () => {
      const { report } = await read(service, id);
      if (!report) throw new Error('Expected a report');
      return report;
    });

  it('are part of the record when a package takes no steps', async () => {
    const { service, errors } = open();
    const { report, support: summary } = await adapt(service, closed);
    expect(summary.examples).toBe(8);
    expect(report?.accuracy).toMatchObject({ estimate: 7 / 8, n: 8, method: '4 folds' });
    expect(report?.perLabel.low).toMatchObject({
      n: 4,
      recall: 0.75,
      confusedWith: [{ label: 'high', n: 1 }],
    });
    expect(report?.suspects).toMatchObject([{ issue: 'label', position: 3, suggested: 'high' }]);
    expect(errors).toEqual([]);
  });

  it('come after the end when a package takes steps, and hold up nothing', async () => {
    const release = deferred();
    const { service, errors } = open(async (run) => {
      await release.promise;
      return runner.splits(run);
    });
    const ended = await adapt(service, stepping);
    expect(ended).toMatchObject({ status: 'succeeded', report: null });
    const fewer = { ...stepping, support: support.slice(0, 6) };
    expect((await adapt(service, fewer)).status).toBe('succeeded');
    release.resolve();
    const report = await reported(service, ended.id);
    expect(report.accuracy?.n).toBe(8);
    expect(await read(service, ended.id)).toEqual({ ...ended, report });
    expect(errors).toEqual([]);
  });

  it('wait while another adaptation runs', async () => {
    const release = deferred();
    const adapt: ProgramRunner['adapt'] = async (run) => {
      if (run.x.shape[0] === 6) await release.promise;
      return runner.adapt(run);
    };
    await using opened = openService({ ...runnerOf(runner), adapt }, packages);
    const { service } = opened;
    service.processAdaptations();
    const { id } = await settle(service, await service.adapt('acme', 'signs', stepping));
    const fewer = { ...stepping, support: support.slice(0, 6) };
    const next = await service.adapt('acme', 'signs', fewer);
    await setTimeout(200);
    expect((await opened.store.adaptation('acme', 'signs', id))?.report).toBeNull();
    release.resolve();
    expect(await settle(service, next)).toMatchObject({ status: 'succeeded' });
    await eventually(async () =>
      expect((await opened.store.adaptation('acme', 'signs', id))?.report).not.toBeNull(),
    );
  });

  it('are the same when they are computed again', async () => {
    const reports = [];
    for (const { service } of [open(), open()]) {
      const { report } = await adapt(service, closed);
      reports.push({ ...report, suspects: report?.suspects.map((each) => ({ ...each, example: null })) });
    }
    expect(reports[1]).toEqual(reports[0]);
  });

  it('that a process did not finish are computed once, when the record is read', async () => {
    const never = new Promise<never>(() => undefined);
    const dying = openService({ ...runnerOf(runner), splits: () => never }, packages);
    dying.service.processAdaptations();
    const ended = await adapt(dying.service, stepping);
    const runs: SplitsRun[] = [];
    const counted: ProgramRunner['splits'] = (run) => {
      runs.push(run);
      return runner.splits(run);
    };
    // One process alone: nobody else can be computing it.
    const { service } = open(counted, { ...kept(dying), isShared: false });
    await Promise.all(Array.from({ length: 5 }, () => read(service, ended.id)));
    await reported(service, ended.id);
    await read(service, ended.id);
    expect(runs).toHaveLength(1);
  });

  it('are left to the process that ran the adaptation for a minute', async () => {
    const never = new Promise<never>(() => undefined);
    const running = openService({ ...runnerOf(runner), splits: () => never }, packages);
    running.service.processAdaptations();
    const ended = await adapt(running.service, stepping);
    let at = Date.parse(ended.endedAt ?? '') + 59_000;
    const { service } = open(runner.splits, { ...kept(running), clock: { now: () => new Date(at) } });
    await read(service, ended.id);
    await service.stopReports();
    expect((await read(service, ended.id)).report).toBeNull();
    at += 2000;
    const later = open(runner.splits, { ...kept(running), clock: { now: () => new Date(at) } });
    await read(later.service, ended.id);
    await reported(later.service, ended.id);
  });

  it('are still expected by callers when the process stops, because another one computes them', async () => {
    const untilStopped: ProgramRunner['splits'] = async ({ signal }) => {
      signal.throwIfAborted();
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    };
    const { service } = open(untilStopped);
    const { id } = await adapt(service, stepping);
    const hasEvents = () => service.hasEvents('acme', 'signs', id, Number.MAX_SAFE_INTEGER);
    expect(await hasEvents()).toBe(true);
    await service.stopReports();
    expect(await hasEvents()).toBe(true);
  });

  it.each([
    ['without steps', closed],
    ['with steps', stepping],
  ])('that fail do not fail an adaptation %s, and are not tried again', async (_, request) => {
    let runs = 0;
    const { service, errors } = open(async () => {
      runs += 1;
      throw new InnerloopError('adaptation_diverged', 'A part of it diverged');
    });
    const ended = await adapt(service, request);
    expect(ended).toMatchObject({ status: 'succeeded', report: null, error: null });
    await eventually(() => expect(errors.length).toBeGreaterThan(0));
    const before = runs;
    for (let i = 0; i < 3; i++) expect((await read(service, ended.id)).report).toBeNull();
    await service.stopReports();
    expect(runs).toBeLessThanOrEqual(before + 1);
    expect(errors[0]).toMatchObject({ code: 'adaptation_diverged' });
  });

  it('of a regression tell its error', async () => {
    const { service } = open();
    const points = Array.from({ length: 8 }, (_, i) => ({
      input: { kind: 'json' as const, value: [i / 8] },
      target: [i / 4],
    }));
    const accepted = await service.adapt('acme', 'curves', { model: 'tiny-curve', support: points });
    await settle(service, accepted);
    const { report } = await eventually(async () => {
      const record = await service.adaptation('acme', 'curves', accepted.id);
      expect(record.report).not.toBeNull();
      return record;
    });
    expect(report).toMatchObject({
      accuracy: null,
      calibration: null,
      error: { n: 8, method: 'leave one out' },
    });
  });

  it('set the temperature of predictions, and leave the label', async () => {
    const { service } = open();
    const inputs = [{ kind: 'json' as const, value: [0.4, 0.5] }];
    const { report } = await adapt(service, closed);
    const temperature = report?.calibration?.temperature ?? Number.NaN;
    expect(temperature).not.toBe(1);
    const model = await service.adaptedModel('acme', 'signs');
    const { x } = await model.decode(inputs);
    const { data } = await model.answer(x);
    const plain = open(() => Promise.reject(new Error('no report')));
    await adapt(plain.service, closed);
    const other = await plain.service.adaptedModel('acme', 'signs');
    const { data: raw } = await other.answer((await other.decode(inputs)).x);
    const logit = (p: ArrayLike<number>) => Math.log((p[0] ?? 0) / (p[1] ?? 0));
    expect(logit(raw) / logit(data)).toBeCloseTo(temperature, 9);
  });
});
