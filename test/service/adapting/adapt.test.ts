import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { ProgramRunner } from '../../../src/ports/program-runner.ts';
import { createService } from '../../../src/service/create-service.ts';
import type { AdaptRequest, Service } from '../../../src/service/service.ts';
import { createMemoryRunner } from '../../support/memory/program-runner.ts';
import { tinyPackages } from '../../support/packages.ts';
import { corners, labelled, openService, settle, type TestService } from '../../support/service.ts';

const packages = [tinyPackages.gradients(), tinyPackages.prototypes(), tinyPackages.curve()];

describe('adapting a task', () => {
  let runner: ProgramRunner;
  let opened: TestService;
  let service: Service;
  beforeAll(async () => {
    runner = createMemoryRunner();
    for (const each of packages) await runner.load(each);
  });
  afterAll(() => runner[Symbol.asyncDispose]());
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

  describe('with mode append', () => {
    const more = { mode: 'append' as const, support: labelled(['middle', 0.5, 0.5]) };

    it('adds the examples to the latest support set', async () => {
      await adapted();
      expect((await adapted(more)).support).toMatchObject({
        examples: 5,
        labels: { high: 2, low: 2, middle: 1 },
      });
      expect((await adapted(more)).support).toMatchObject({ examples: 6, labels: { middle: 2 } });
    });

    it('is the same as sending all examples at once', async () => {
      await adapted();
      const appended = await adapted(more);
      const whole = await adapted({ ...corners, support: [...corners.support, ...more.support] });
      expect(whole.id).toBe(appended.id);
    });

    it('builds on a queued adaptation, but not on a cancelled or failed one', async () => {
      const settings = { steps: 100_000 };
      const running = await adapt({ ...corners, settings });
      const waiting = await adapt({ ...more, settings });
      expect(waiting.support.examples).toBe(5);
      await service.cancel('acme', 'signs', waiting.id);
      expect((await adapt({ ...more, settings: { steps: 1 } })).support.examples).toBe(5);
      await service.cancel('acme', 'signs', running.id);
    });

    it('loses no example in concurrent appends', async () => {
      await adapted();
      const points = Array.from({ length: 6 }, (_, i) => labelled(['middle', 0.4 + i / 50, 0.5]));
      const answers = await Promise.all(points.map((support) => adapt({ mode: 'append', support })));
      expect(answers.map(({ support }) => support.examples).sort()).toEqual([10, 5, 6, 7, 8, 9]);
      await Promise.all(answers.map((each) => settle(service, each)));
    });

    it('reads the latest support set once per append, also in concurrent appends', async () => {
      await adapted();
      const { accept } = opened.store;
      let looks = 0;
      const counted = createService({
        ...opened,
        store: {
          ...opened.store,
          accept: (...given) => {
            looks += 1;
            return accept(...given);
          },
        },
      });
      const points = Array.from({ length: 10 }, (_, i) => labelled(['middle', 0.4 + i / 50, 0.5]));
      const answers = await Promise.all(
        points.map((support) => counted.adapt('acme', 'signs', { mode: 'append', support })),
      );
      expect(looks).toBe(10);
      await Promise.all(answers.map((each) => settle(service, each)));
    });

    it('starts an empty support set when the task has none', async () => {
      expect((await adapted({ ...corners, mode: 'append' })).support.examples).toBe(4);
    });

    it('checks the limits of the package against all examples together', async () => {
      await adapted();
      const support = Array.from({ length: 97 }, (_, i) => labelled(['low', 0, i / 1000])).flat();
      await expect(adapt({ mode: 'append', support })).rejects.toMatchObject({
        code: 'invalid_support_set',
        details: { pointer: '/support', got: '101' },
      });
    });
  });

  describe('refuses, and stores nothing,', () => {
    const point = { input: { kind: 'json', value: [0, 0] } } as const;
    const cases: readonly [string, AdaptRequest, object][] = [
      [
        'an unknown model',
        { ...corners, model: 'other' },
        { code: 'model_not_found', details: { pointer: '/model' } },
      ],
      [
        'no model',
        { support: corners.support, modelPointer: '/model' },
        { code: 'model_required', details: { pointer: '/model' } },
      ],
      [
        'no examples',
        { ...corners, support: [] },
        { code: 'invalid_support_set', details: { pointer: '/support' } },
      ],
      [
        'too many examples',
        { ...corners, support: Array.from({ length: 101 }, () => labelled(['low', 0, 0])).flat() },
        { code: 'invalid_support_set', details: { expected: 'at most 100 examples', got: '101' } },
      ],
      [
        'one class only',
        { ...corners, support: labelled(['low', 0, 0]) },
        { code: 'unlearnable_support_set' },
      ],
      [
        'too many classes',
        { ...corners, support: Array.from({ length: 21 }, (_, i) => labelled([`c${i}`, 0, i])).flat() },
        { code: 'invalid_support_set', details: { expected: 'from 2 to 20 classes', got: '21' } },
      ],
      [
        'an example without a label',
        { ...corners, support: [point] },
        { code: 'invalid_support_set', details: { item: 0, pointer: '/label' } },
      ],
      [
        'an empty label',
        { ...corners, support: [{ ...point, label: '' }] },
        { code: 'invalid_support_set', details: { item: 0, pointer: '/label' } },
      ],
      [
        'a label that is too long',
        { ...corners, support: [{ ...point, label: 'x'.repeat(129) }] },
        { code: 'invalid_support_set', details: { item: 0, pointer: '/label', got: '129 characters' } },
      ],
      [
        'a target where a label belongs',
        { ...corners, support: [{ ...point, target: [1] }] },
        { code: 'invalid_support_set', details: { item: 0, pointer: '/target' } },
      ],
      [
        'a label where a target belongs',
        { model: 'tiny-curve', support: labelled(['low', 0]) },
        { code: 'invalid_support_set', details: { item: 0, pointer: '/label' } },
      ],
      [
        'a target of the wrong shape',
        {
          model: 'tiny-curve',
          support: [{ input: { kind: 'json', value: [0] }, target: [1, 2] }],
        },
        { code: 'invalid_input', details: { item: 0, pointer: '/target' } },
      ],
      [
        'an input of the wrong shape',
        { ...corners, support: labelled(['low', 0, 0], ['high', 1, 1, 1]) },
        { code: 'invalid_input', details: { item: 1, pointer: '/input' } },
      ],
      ['a task id that is none', corners, { code: 'invalid_request' }],
      [
        'metadata beyond bounds',
        { ...corners, metadata: { k: 'x'.repeat(513) } },
        { code: 'invalid_request' },
      ],
    ];
    it.each(cases)('%s', async (name, request, error) => {
      const task = name.includes('task id') ? '../etc' : 'signs';
      await expect(adapt(request, task)).rejects.toMatchObject(error);
      await nothingStored(task);
    });

    it.each([
      ['steps', 2.5],
      ['steps', -1],
      ['steps', 100_001],
      ['steps', Number.NaN],
      ['rate', -0.1],
      ['rate', Number.NaN],
      ['rate', Number.POSITIVE_INFINITY],
      ['seed', 0.5],
      ['seed', -1],
    ])('settings with %s %d', async (name, value) => {
      const refused = adapt({ ...corners, settings: { [name]: value } });
      await expect(refused).rejects.toMatchObject({
        code: 'invalid_settings',
        details: { pointer: `/settings/${name}`, expected: expect.any(String), got: String(value) },
      });
      await nothingStored();
    });
  });

  it('refuses a model other than that of the task', async () => {
    await adapted();
    await expect(adapt({ ...corners, model: 'tiny-prototypes' })).rejects.toMatchObject({
      code: 'model_conflict',
      details: { pointer: '/model', expected: 'tiny-gradients', got: 'tiny-prototypes' },
    });
  });

  it('refuses more queued adaptations than the quota, but not one that is queued already', async () => {
    const long = { ...corners, settings: { steps: 100_000 } };
    const running = await adapt(long);
    const seeds = Array.from({ length: 20 }, (_, seed) => adapt({ ...corners, settings: { seed } }));
    const answers = await Promise.allSettled(seeds);
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(9);
    for (const each of answers) {
      if (each.status === 'fulfilled') continue;
      expect(each.reason).toMatchObject({ code: 'too_many_queued', details: { retryAfterSeconds: 1 } });
    }
    expect((await adapt(long)).id).toBe(running.id);
    await service.cancel('acme', 'signs', running.id);
    const accepted = answers.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    for (const each of accepted) expect((await settle(service, each)).status).toBe('succeeded');
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
