import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createService } from '../../../src/service/create-service.ts';
import type { RawInput } from '../../../src/service/inputs/raw-input.ts';
import type { AdaptRequest, Service } from '../../../src/service/service.ts';
import { loadedRunner } from '../../support/loaded-runner.ts';
import { tinyPackages } from '../../support/packages.ts';
import { corners, openService, settle, type TestService } from '../../support/service.ts';

const packages = [tinyPackages.gradients(), tinyPackages.prototypes(), tinyPackages.curve()];

describe('adapting a task', () => {
  const runner = loadedRunner(packages);
  let opened: TestService;
  let service: Service;
  beforeEach(async () => {
    opened = openService(runner, packages);
    service = opened.service;
    onTestFinished(() => opened[Symbol.asyncDispose]());
    service.processAdaptations();
    await service.resubmitUnfinished();
  });

  const adapt = (request: AdaptRequest = corners, task = 'signs') => service.adapt('acme', task, request);
  const adapted = async (request: AdaptRequest = corners, task = 'signs') =>
    settle(service, await adapt(request, task));
  const current = async () => (await service.task('acme', 'signs')).current;
  const nothingStored = async (task = 'signs') => {
    expect(await opened.store.unfinished()).toEqual([]);
    expect(await opened.store.task('acme', task)).toBeNull();
  };

  it('warns of labels that differ in case only, also from those it has', async () => {
    await adapted();
    const [like] = corners.support as readonly { readonly input: RawInput; readonly label: string }[];
    if (!like) throw new Error('Expected an example');
    const twin = { input: like.input, label: like.label.toUpperCase() };
    expect((await adapt({ support: [twin], mode: 'append' })).warnings).toMatchObject([
      { code: 'similar_labels', pointer: '/support' },
    ]);
    expect((await adapt()).warnings).toEqual([]);
  });

  it('gives a request with the same idempotency key the same answer for a day, and removes the key afterwards', async () => {
    let now = Date.UTC(2026, 0, 1);
    const clock = { now: () => new Date(now) };
    const daily = openService(runner, packages, { clock });
    onTestFinished(() => daily[Symbol.asyncDispose]());
    const append: AdaptRequest = { ...corners, mode: 'append', idempotencyKey: 'k1' };
    const send = () => daily.service.adapt('acme', 'signs', append);
    const bytes = async () => (await daily.store.usage('acme')).bytes;
    const first = await send();
    now += 24 * 60 * 60 * 1000 - 1;
    expect(await send()).toEqual(first);
    const kept = await bytes();
    await daily.service.removeExpiredIdempotencyKeys();
    expect(await bytes()).toBe(kept);
    now += 1;
    await daily.service.removeExpiredIdempotencyKeys();
    expect(await bytes()).toBeLessThan(kept);
    expect((await send()).support.examples).toBe(2 * first.support.examples);
  });

  it('submits an adaptation again that was accepted but never reached the queue', async () => {
    const idle = openService(runner, packages);
    onTestFinished(() => idle[Symbol.asyncDispose]());
    const submitted: string[] = [];
    const queue = {
      ...idle.queue,
      submit: async (ref: { id: string }) => {
        submitted.push(ref.id);
      },
    };
    const watched = createService({ ...idle, queue });
    const request = { ...corners, idempotencyKey: 'k1' };
    const { id } = await watched.adapt('acme', 'signs', request);
    await watched.adapt('acme', 'signs', request);
    expect(submitted).toEqual([id, id]);
  });

  it.each(['', 'a b', 'ä', 'x'.repeat(256), 'a\n'])(
    'refuses the idempotency key %j',
    async (idempotencyKey) => {
      await expect(adapt({ ...corners, idempotencyKey })).rejects.toMatchObject({ code: 'invalid_request' });
      await nothingStored();
    },
  );

  it('accepts and runs an adaptation, and makes it current', async () => {
    const accepted = await adapt();
    expect(accepted).toMatchObject({
      task: 'signs',
      model: 'tiny-gradients@1.0.0',
      status: 'queued',
      settings: { steps: 3, rate: 0.05, seed: 0 },
      support: { examples: 4, labels: { high: 2, low: 2 } },
      losses: [],
    });
    const ended = await settle(service, accepted);
    expect(ended).toMatchObject({ id: accepted.id, status: 'succeeded', error: null });
    expect(ended.losses).toHaveLength(3);
    expect(Object.values(ended.losses).every(Number.isFinite)).toBe(true);
    expect([ended.createdAt, ended.startedAt, ended.endedAt].map(String)).toEqual(
      [ended.createdAt, ended.startedAt, ended.endedAt].map(String).sort(),
    );
    expect(await service.task('acme', 'signs')).toMatchObject({
      model: 'tiny-gradients',
      current: ended.id,
      labels: ['high', 'low'],
    });
  });

  it('answers the same adaptation for the same request, and runs it once', async () => {
    const first = await adapted();
    const again = await adapt();
    expect(again).toEqual(first);
    expect((await service.adaptations('acme', 'signs', { limit: 9 })).data).toHaveLength(1);
  });

  it.each([
    ['settings', { ...corners, settings: { steps: 2 } }],
    ['seed', { ...corners, settings: { seed: 1 } }],
    ['examples', { ...corners, support: corners.support.toReversed() }],
  ])('makes a different adaptation for different %s', async (_what, request) => {
    expect((await adapt(request)).id).not.toBe((await adapt()).id);
  });

  it('uses the model of an existing task', async () => {
    await service.putTask('acme', 'signs', { model: 'tiny-prototypes' });
    const { model: _, ...request } = corners;
    expect(await adapted(request)).toMatchObject({
      model: 'tiny-prototypes@1.0.0',
      losses: [],
      status: 'succeeded',
    });
  });

  it('learns numbers from targets', async () => {
    const support = [0, 0.5, 1].map((x) => ({
      input: { kind: 'json', value: [x] } as const,
      target: [2 * x],
    }));
    const ended = await adapted({ model: 'tiny-curve', support });
    expect(ended.status).toBe('succeeded');
    expect(ended.support).not.toHaveProperty('labels');
    const { predictions } = await service.predict('acme', 'signs', [{ kind: 'json', value: [0.5] }]);
    expect(predictions).toMatchObject([{ value: [expect.any(Number)] }]);
    expect((await service.task('acme', 'signs')).labels).toBeUndefined();
  });

  it('fails with a remedy when the loss diverges, and keeps the current adaptation', async () => {
    const good = await adapted();
    const bad = await adapted({ ...corners, settings: { rate: 1e20, steps: 50 } });
    expect(bad).toMatchObject({
      status: 'failed',
      error: { code: 'adaptation_diverged', message: expect.stringMatching(/lower rate/) },
    });
    expect(await current()).toBe(good.id);
  });

  it('runs a failed adaptation again when it is requested again', async () => {
    const request = { ...corners, settings: { rate: 1e20, steps: 50 } };
    const first = await adapted(request);
    const again = await adapt(request);
    expect(again).toMatchObject({
      id: first.id,
      status: 'queued',
      sequence: first.sequence + 1,
      error: null,
    });
    expect((await settle(service, again)).status).toBe('failed');
  });

  it('makes the adaptation of the last request current, in any order of completion', async () => {
    const first = await adapted();
    const second = await adapted({ ...corners, settings: { steps: 1 } });
    expect(await current()).toBe(second.id);
    await adapt();
    expect(await current()).toBe(first.id);
  });

  it('replaces metadata only when the request has any', async () => {
    await adapted({ ...corners, metadata: { customer: '42' } });
    await adapted({ ...corners, settings: { steps: 1 } });
    expect((await service.task('acme', 'signs')).metadata).toEqual({ customer: '42' });
    await adapted({ ...corners, metadata: {} });
    expect((await service.task('acme', 'signs')).metadata).toEqual({});
  });
});
