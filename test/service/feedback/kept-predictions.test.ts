import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Service } from '../../../src/service/service.ts';
import { plenty } from '../../support/examples.ts';
import { loadedRunner } from '../../support/loaded-runner.ts';
import { createMemoryTaskStore } from '../../support/memory/task-store.ts';
import { tinyPackages } from '../../support/packages.ts';
import { corners, openService, settle, type TestService } from '../../support/service.ts';

const packages = [tinyPackages.gradients()];
const json = (...value: number[]) => ({ kind: 'json', value }) as const;

describe('kept predictions', () => {
  const runner = loadedRunner(packages);
  const now = { ms: 0 };
  let opened: TestService;
  let service: Service;
  const open = (overrides: Parameters<typeof openService>[2] = {}) => {
    now.ms = Date.UTC(2026, 0, 1);
    opened = openService(runner, packages, { clock: { now: () => new Date(now.ms++) }, ...overrides });
    service = opened.service;
    onTestFinished(() => opened[Symbol.asyncDispose]());
    service.processAdaptations();
  };
  beforeEach(() => open());

  const adapted = async (keep: { predictions: number; hours: number } | null, tenant = 'acme') => {
    await settle(service, await service.adapt(tenant, 'signs', corners));
    await service.putTask(tenant, 'signs', { keep });
  };
  const predict = async (...inputs: number[][]) =>
    (
      await service.predict(
        'acme',
        'signs',
        inputs.map((each) => json(...each)),
      )
    ).predictions;

  it('have an id if the task says so, and are found with their input', async () => {
    await adapted(null);
    expect((await predict([0, 0]))[0]).not.toHaveProperty('id');
    await service.putTask('acme', 'signs', { keep: { predictions: 10, hours: 1 } });
    const [first, second] = await predict([0, 0], [1, 1]);
    expect(first?.id).toMatch(/^prd_/);
    const kept = await service.keptPrediction('acme', 'signs', second?.id ?? '');
    expect(kept).toMatchObject({ label: 'high', probabilities: second?.probabilities, kind: 'tensor' });
    const content = await service.keptContent('acme', 'signs', second?.id ?? '');
    expect([...new Float32Array(Uint8Array.from(content.bytes).buffer)]).toEqual([1, 1]);
    await expect(service.keptThumbnail('acme', 'signs', second?.id ?? '')).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('are neither those of comparisons nor trials', async () => {
    await adapted({ predictions: 10, hours: 1 });
    const { current } = await service.task('acme', 'signs');
    await service.compare('acme', 'signs', [current ?? '', current ?? ''], [json(0, 0)]);
    const trial = await service.predict('acme', 'signs', [json(0, 0)], { trial: true });
    expect(trial.predictions[0]).not.toHaveProperty('id');
    expect(await service.review('acme', 'signs', 10)).toEqual([]);
  });

  it('are not found in other tasks and by other tenants, and gone when their time is over', async () => {
    await adapted({ predictions: 2, hours: 1 });
    await adapted({ predictions: 2, hours: 1 }, 'other');
    const [first] = await predict([0, 0]);
    const id = first?.id ?? '';
    for (const [tenant, given] of [
      ['other', id],
      ['acme', 'prd_none'],
      ['acme', `${id.slice(0, -1)}${id.endsWith('0') ? '1' : '0'}`],
    ] as const)
      await expect(service.keptPrediction(tenant, 'signs', given)).rejects.toMatchObject({
        code: 'prediction_not_found',
      });
    now.ms += 3_600_000;
    await expect(service.keptPrediction('acme', 'signs', id)).rejects.toMatchObject({
      code: 'prediction_not_kept',
    });
    const before = (await opened.store.usage('acme')).bytes;
    await service.removeExpiredPredictions();
    expect((await opened.store.usage('acme')).bytes).toBeLessThan(before);
  });

  it('give way to later ones, also within one request', async () => {
    await adapted({ predictions: 2, hours: 1 });
    const [old] = await predict([0, 0]);
    const three = await predict([0, 0], [1, 1], [0.5, 0.5]);
    expect(three.map(({ id }) => id !== undefined)).toEqual([false, true, true]);
    expect(three[0]?.warnings).toMatchObject([{ code: 'prediction_not_kept' }]);
    await expect(service.keptPrediction('acme', 'signs', old?.id ?? '')).rejects.toMatchObject({
      code: 'prediction_not_kept',
    });
  });

  it('are answered without id when they exceed the quota', async () => {
    const store = createMemoryTaskStore({ quota: { ...plenty, bytes: 2500 } });
    open({ store, predictions: store.predictions });
    await adapted({ predictions: 100, hours: 1 });
    const answers = [];
    for (let n = 0; n < 20; n++) answers.push(...(await predict([n, n])));
    const kept = answers.filter(({ id }) => id !== undefined);
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.length).toBeLessThan(20);
    expect(answers.at(-1)).toMatchObject({ label: 'high', warnings: [{ code: 'prediction_not_kept' }] });
    expect(answers.at(-1)?.id).toBeUndefined();
  });

  it('are erased with the example of the same content, and with task and tenant', async () => {
    await adapted({ predictions: 10, hours: 1 });
    const [same, other] = await predict([0.9, 1], [7, 7]);
    const { data } = await service.examples('acme', 'signs', { limit: 10 }, { label: 'high' });
    for (const each of data) await service.erase('acme', 'signs', { id: each.id });
    const find = (id = '') => service.keptPrediction('acme', 'signs', id);
    await expect(find(same?.id)).rejects.toMatchObject({ code: 'prediction_not_kept' });
    expect((await find(other?.id)).id).toBe(other?.id);
    await service.deleteTask('acme', 'signs');
    await adapted({ predictions: 10, hours: 1 });
    await expect(find(other?.id)).rejects.toMatchObject({ code: 'prediction_not_kept' });
    await predict([0, 0]);
    await service.deleteTenant('acme', { keepsKeys: true, waitMs: 5000 });
    expect(await opened.store.usage('acme')).toMatchObject({ bytes: 0, tasks: 0 });
  });
});
