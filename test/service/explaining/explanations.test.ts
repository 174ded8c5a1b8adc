import { setImmediate } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { ProgramRunner, SplitsRun } from '../../../src/ports/program-runner.ts';
import type { Service } from '../../../src/service/service.ts';
import { createMemoryRunner } from '../../support/memory/program-runner.ts';
import { tinyPackages } from '../../support/packages.ts';
import { runnerOf } from '../../support/runner-of.ts';
import { labelled, openService, settle } from '../../support/service.ts';

const packages = [tinyPackages.prototypes()];
const support = labelled(['low', 0, 0], ['low', 0.1, 0], ['high', 1, 1], ['high', 0.9, 1]);

/** A service with the task `signs` of two tenants, whose runner answers splits by `splits` from then on. */
async function open(splits: (run: SplitsRun) => ReturnType<ProgramRunner['splits']>) {
  const runner = createMemoryRunner();
  for (const each of packages) await runner.load(each);
  let isAdapted = false;
  const opened = openService(
    { ...runnerOf(runner), splits: (run) => (isAdapted ? splits(run) : runner.splits(run)) },
    packages,
  );
  onTestFinished(async () => {
    await opened[Symbol.asyncDispose]();
    await runner[Symbol.asyncDispose]();
  });
  opened.service.processAdaptations();
  for (const tenant of ['acme', 'other'])
    await settle(
      opened.service,
      await opened.service.adapt(tenant, 'signs', { model: 'tiny-prototypes', support }),
    );
  isAdapted = true;
  return { service: opened.service, runner };
}

const ask = (service: Service, tenant: string, options: { signal?: AbortSignal } = {}) =>
  service.predict(
    tenant,
    'signs',
    Array.from({ length: 3 }, (_, i) => ({ kind: 'json' as const, value: [0, i / 10] })),
    { explain: true, ...options },
  );

describe('explanations', () => {
  it('try fewer examples after long runs, so that each costs about the same', async () => {
    const runner = createMemoryRunner();
    const pkg = tinyPackages.gradients();
    await runner.load(pkg);
    const runs: SplitsRun[] = [];
    const splits = (run: SplitsRun) => {
      runs.push(run);
      return runner.splits(run);
    };
    const { service, ...opened } = openService({ ...runnerOf(runner), splits }, [pkg]);
    onTestFinished(async () => {
      await opened[Symbol.asyncDispose]();
      await runner[Symbol.asyncDispose]();
    });
    service.processAdaptations();
    const many = labelled(
      ...Array.from({ length: 30 }, (_, i) => [i % 2 ? 'high' : 'low', i % 2, i / 30] as const),
    );
    const request = { model: 'tiny-gradients', support: many, settings: { steps: 300 } };
    await settle(service, await service.adapt('acme', 'signs', request));
    await service.predict('acme', 'signs', [{ kind: 'json', value: [0, 0] }], { explain: true });
    // The input is a further row. 100,000 rows are 11 runs of 30 examples in 1 + 300 passes.
    expect(runs.find((run) => run.splits[0]?.test[0] === 30)?.splits).toHaveLength(11);
  });

  it('run one at a time for each tenant, in all of its requests', async () => {
    let now = 0;
    let most = 0;
    const { service, runner } = await open(async (run) => {
      now += 1;
      most = Math.max(most, now);
      for (let i = 0; i < 5; i++) await setImmediate();
      const answers = await runner.splits(run);
      now -= 1;
      return answers;
    });
    const answers = await Promise.all(['acme', 'acme', 'other', 'acme'].map((each) => ask(service, each)));
    expect(answers.flatMap(({ predictions }) => predictions)).toHaveLength(12);
    expect(most).toBe(2);
  });

  it('end when the caller has gone, before the next one begins', async () => {
    const gone = new AbortController();
    let runs = 0;
    const { service } = await open((run) => {
      runs += 1;
      gone.abort(new Error('gone'));
      return Promise.reject(run.signal.reason);
    });
    await expect(ask(service, 'acme', { signal: gone.signal })).rejects.toThrow('gone');
    expect(runs).toBe(1);
  });

  it('that take too long are refused, also for a caller that can disconnect', async () => {
    const late = new AbortController();
    vi.spyOn(AbortSignal, 'timeout').mockReturnValue(late.signal);
    onTestFinished(() => void vi.restoreAllMocks());
    const { service } = await open(({ signal }) => {
      late.abort(new DOMException('late', 'TimeoutError'));
      return Promise.reject(signal.reason ?? new Error('Expected a signal that aborts in time'));
    });
    const { signal } = new AbortController();
    await expect(ask(service, 'acme', { signal })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('longer than 30 s'),
    });
  });
});
