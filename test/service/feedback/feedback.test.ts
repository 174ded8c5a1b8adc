import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { BATCH } from '../../../src/domain/feedback/due.ts';
import type { FeedbackRequest } from '../../../src/service/feedback/use-cases.ts';
import type { Service } from '../../../src/service/service.ts';
import { loadedRunner } from '../../support/loaded-runner.ts';
import { tinyPackages } from '../../support/packages.ts';
import { labelled, openService, settle, type TestService } from '../../support/service.ts';

const packages = [tinyPackages.prototypes(), tinyPackages.curve()];
const json = (...value: number[]) => ({ kind: 'json', value }) as const;
const noise = Array.from({ length: 6 }, (_, n) => n / 20);
const points = labelled(
  ...noise.map((e): [string, number, number] => ['low', e, 0.1 - e]),
  ...noise.map((e): [string, number, number] => ['high', 1 + e, 1 - e]),
);

describe('feedback', () => {
  const runner = loadedRunner(packages);
  const now = { ms: 0 };
  let opened: TestService;
  let service: Service;
  beforeEach(async () => {
    now.ms = Date.UTC(2026, 0, 1);
    opened = openService(runner, packages, { clock: { now: () => new Date(now.ms++) } });
    service = opened.service;
    onTestFinished(() => opened[Symbol.asyncDispose]());
    await service.putTask('acme', 'signs', {
      model: 'tiny-prototypes',
      keep: { predictions: 100, hours: 1 },
    });
    const accepted = await service.adapt('acme', 'signs', { support: points });
    service.processAdaptations();
    expect((await settle(service, accepted)).status).toBe('succeeded');
  });

  const give = (request: FeedbackRequest, task = 'signs') => service.feedback('acme', task, request);
  const ask = async (...input: number[]) => {
    const { predictions } = await service.predict('acme', 'signs', [json(...input)]);
    return predictions[0] ?? expect.fail('no prediction');
  };
  const latest = async () =>
    (await service.adaptations('acme', 'signs', { limit: 1 })).data[0] ?? expect.fail('none');
  const ended = async () => settle(service, await latest());
  const examples = async () =>
    (await service.examples('acme', 'signs', { limit: 100 }, { source: 'feedback' })).data;

  it('on a prediction is learnt at once, and may name a new label', async () => {
    const { id = '' } = await ask(9, -9);
    const answer = await give({ prediction: id, label: 'far', readapt: 'now' });
    expect(answer.example).toMatchObject({ label: 'far', source: 'feedback', weight: 1 });
    const adaptation = answer.adaptation ?? expect.fail('not accepted');
    const done = await settle(service, adaptation);
    expect(done).toMatchObject({ status: 'succeeded', gate: { decision: 'passed', n: 12, worse: 0 } });
    expect((await service.task('acme', 'signs')).current).toBe(done.id);
    expect((await ask(9, -9)).label).toBe('far');
    expect(opened.errors).toEqual([]);
  });

  it('on the same prediction replaces the label, and waits if it is not to be learnt', async () => {
    const { id = '' } = await ask(9, -9);
    const first = await give({ prediction: id, label: 'far', readapt: 'never' });
    const second = await give({ prediction: id, label: 'further', readapt: 'never' });
    expect(second.adaptation).toBeNull();
    expect(second.example.id).toBe(first.example.id);
    expect((await examples()).map(({ label }) => label)).toEqual(['further']);
    expect(await service.task('acme', 'signs')).toMatchObject({ stale: true });
    await service.resumeFeedback();
    expect((await latest()).sequence).toBe(1);
  });

  it('that comes together is learnt by one adaptation, and while one runs by the next', async () => {
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, n) => give({ input: json(2 + n, 2), label: 'high', readapt: 'now' })),
    );
    expect(answers.filter(({ adaptation }) => adaptation).length).toBeGreaterThan(0);
    let record = await ended();
    while (record.support.examples < 24) record = await ended();
    expect(record.support.examples).toBe(24);
    const { data } = await service.adaptations('acme', 'signs', { limit: 100 });
    expect(data.length).toBeLessThanOrEqual(4);
    expect((await examples()).map(({ weight }) => weight)).toEqual(Array(12).fill(0.5));
  });

  it('of a batch is learnt when it is full, or later by any process', async () => {
    const batch = (n: number) => give({ input: json(2 + n, 2), label: 'high' });
    expect((await batch(0)).adaptation).toBeNull();
    await service.resumeFeedback();
    expect((await latest()).sequence).toBe(1);
    now.ms += BATCH.ms;
    await service.resumeFeedback();
    expect((await ended()).support.examples).toBe(13);
    for (let n = 1; n < BATCH.feedbacks; n++) expect((await batch(n)).adaptation).toBeNull();
    const full = await batch(BATCH.feedbacks);
    expect(full.adaptation?.support.examples).toBe(13 + BATCH.feedbacks);
  });

  it('that makes answers worse is held back, until somebody activates it', async () => {
    const { current } = await service.task('acme', 'signs');
    for (let n = 0; n < 9; n++) {
      await give({ input: json(5 + n / 10, 5), label: 'low', readapt: 'never' });
      await give({ input: json(-5 - n / 10, -5), label: 'high', readapt: 'never' });
    }
    const held = await settle(service, await service.readapt('acme', 'signs'));
    expect(held).toMatchObject({ status: 'succeeded', gate: { decision: 'held', better: 0 } });
    expect(held.gate?.worse).toBeGreaterThanOrEqual(5);
    expect((await service.task('acme', 'signs')).current).toBe(current);
    // The same again.
    await settle(service, await service.readapt('acme', 'signs'));
    expect((await service.task('acme', 'signs')).current).toBe(current);
    await service.activate('acme', 'signs', held.id);
    expect((await service.task('acme', 'signs')).current).toBe(held.id);
    // An explicit adapt is never held back.
    await service.activate('acme', 'signs', current ?? '');
    await settle(service, await service.adapt('acme', 'signs', { mode: 'append', support: [] }));
    expect((await service.task('acme', 'signs')).current).toBe(held.id);
  });

  it('is answered again under its idempotency key', async () => {
    const request = { input: json(3, 3), label: 'high', readapt: 'never', idempotencyKey: 'k' } as const;
    const first = await give(request);
    await service.relabel('acme', 'signs', first.example.id, { label: 'low' });
    const again = await give(request);
    expect(again.example).toMatchObject({ id: first.example.id, label: 'low', confirmed: true });
    await expect(give({ ...request, label: 'low' })).rejects.toMatchObject({
      code: 'idempotency_key_reused',
    });
  });

  it('is refused with the reason, and then changes nothing', async () => {
    const { id = '' } = await ask(0, 0);
    const refused: readonly (readonly [FeedbackRequest, string])[] = [
      [{ label: 'low' }, 'invalid_request'],
      [{ prediction: id, input: json(0, 0), label: 'low' }, 'invalid_request'],
      [{ prediction: id }, 'invalid_support_set'],
      [{ prediction: id, target: [1] }, 'invalid_support_set'],
      [{ input: json(1, 2, 3), label: 'low' }, 'invalid_input'],
      [{ prediction: `prd_${'0'.repeat(40)}`, label: 'low' }, 'prediction_not_found'],
    ];
    for (const [request, code] of refused) await expect(give(request)).rejects.toMatchObject({ code });
    await expect(give({ input: json(0), label: 'a' }, 'none')).rejects.toMatchObject({
      code: 'task_not_found',
    });
    await service.putTask('acme', 'new', { model: 'tiny-prototypes' });
    await expect(give({ input: json(0, 0), label: 'a' }, 'new')).rejects.toMatchObject({
      code: 'task_not_adapted',
    });
    now.ms += 3_600_000;
    await expect(give({ prediction: id, label: 'low' })).rejects.toMatchObject({
      code: 'prediction_not_kept',
    });
    expect(await examples()).toEqual([]);
    for (let n = 0; n < 88; n++) await give({ input: json(n, 3), label: 'high', readapt: 'never' });
    await expect(give({ input: json(99, 3), label: 'high' })).rejects.toMatchObject({
      code: 'invalid_support_set',
    });
  });

  it('is counted beside the estimate of the examples', async () => {
    for (let n = 0; n < 12; n++) {
      const { id = '', label } = await ask(n / 10, 1);
      await give({ prediction: id, label: n < 3 ? (label ?? '') : 'other', readapt: 'never' });
    }
    const quality = await service.quality('acme', 'signs');
    expect(quality).toMatchObject({
      estimate: { measure: 'accuracy', n: 12 },
      feedback: { measure: 'accuracy', estimate: 0.25, n: 12 },
      advice: { action: 'retrain' },
    });
    expect(await service.review('acme', 'signs', 10)).toEqual([]);
    await ask(0.5, 0.5);
    expect(await service.review('acme', 'signs', 10)).toMatchObject([
      { prediction: { adaptation: quality.adaptation }, reasons: ['uncertain', 'novel', 'rare_label'] },
    ]);
  });

  it('on numbers measures the error', async () => {
    const wave = noise.map((x) => ({ input: json(x), target: [2 * x] }));
    await service.putTask('acme', 'wave', { model: 'tiny-curve', keep: { predictions: 10, hours: 1 } });
    await settle(service, await service.adapt('acme', 'wave', { support: wave }));
    const { predictions } = await service.predict('acme', 'wave', [json(0.5)]);
    const [{ id = '', value } = {}] = predictions;
    const [y = 0] = value as number[];
    const answer = await give({ prediction: id, target: [y + 2], readapt: 'never' }, 'wave');
    expect(answer.example.target?.[0]).toBeCloseTo(y + 2, 5);
    const { feedback } = await service.quality('acme', 'wave');
    expect(feedback?.measure).toBe('error');
    expect(feedback?.estimate).toBeCloseTo(2, 5);
  });
});
