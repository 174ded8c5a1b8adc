import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createSharpDecoder } from '../../../src/adapters/sharp/decoder.ts';
import type { Adaptation } from '../../../src/domain/adaptation.ts';
import { InnerloopError } from '../../../src/errors.ts';
import type { AdaptRun, ProgramRunner } from '../../../src/ports/program-runner.ts';
import type { TaskStore } from '../../../src/ports/task-store.ts';
import { createService } from '../../../src/service/create-service.ts';
import { createInputDecoder } from '../../../src/service/inputs/inputs.ts';
import type { AdaptRequest, Service } from '../../../src/service/service.ts';
import { tensor } from '../../../src/tensor.ts';
import { plenty } from '../../support/examples.ts';
import { createMemoryRunner } from '../../support/memory/program-runner.ts';
import { createMemoryTaskStore } from '../../support/memory/task-store.ts';
import { tinyPackages } from '../../support/packages.ts';
import { corners, kept, labelled, openService, settle, type TestService } from '../../support/service.ts';

const packages = [tinyPackages.gradients(), tinyPackages.prototypes()];
const points = (...values: readonly unknown[]) => values.map((value) => ({ kind: 'json', value }) as const);

describe('predicting', () => {
  let runner: ProgramRunner;
  let runs: AdaptRun[];
  let opened: TestService;
  let service: Service;
  beforeAll(async () => {
    runner = createMemoryRunner();
    for (const each of packages) await runner.load(each);
  });
  afterAll(() => runner[Symbol.asyncDispose]());
  beforeEach(async () => {
    runs = [];
    opened = openService(noting(runner), packages);
    service = opened.service;
    onTestFinished(() => opened[Symbol.asyncDispose]());
    service.processAdaptations();
    await service.resubmitUnfinished();
  });

  /** A runner that records its adaptations. */
  const noting = (inner: ProgramRunner): ProgramRunner => ({
    executionProvider: inner.executionProvider,
    load: (pkg) => inner.load(pkg),
    adapt: (run) => {
      runs.push(run);
      return inner.adapt(run);
    },
    predict: (run) => inner.predict(run),
    forget: (id) => inner.forget(id),
    isResident: (id) => inner.isResident(id),
    [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
  });
  const adapted = async (request: AdaptRequest = corners): Promise<Adaptation> =>
    settle(service, await service.adapt('acme', 'signs', request));
  const predict = (...values: readonly unknown[]) => service.predict('acme', 'signs', points(...values));
  const residency = async () => (await service.task('acme', 'signs')).residency;

  it('refuses more inputs than fit in one answer', async () => {
    await using small = openService(runner, packages, {
      limits: { inputs: 50, numbers: 9, pixels: 1000 },
    });
    small.service.processAdaptations();
    await small.service.resubmitUnfinished();
    await settle(small.service, await small.service.adapt('acme', 'signs', corners));
    const four = points([0, 0], [0, 1], [1, 0], [1, 1]);
    expect((await small.service.predict('acme', 'signs', four)).predictions).toHaveLength(4);
    await expect(small.service.predict('acme', 'signs', [...four, ...points([0, 0])])).rejects.toMatchObject({
      code: 'invalid_input',
      details: {
        pointer: '/inputs',
        expected: 'from 1 to 4 inputs (each answer has 2 numbers)',
        got: '5',
      },
    });
  });

  it('decodes no more pixels than the limit for one request', async () => {
    const glyphs = tinyPackages.glyphPrototypes();
    await runner.load(glyphs);
    await using small = openService(runner, [glyphs], {
      decodeInput: createInputDecoder(createSharpDecoder()),
      limits: { inputs: 50, numbers: 1000, pixels: 200 },
    });
    small.service.processAdaptations();
    await small.service.resubmitUnfinished();
    const file = await sharp({ create: { width: 10, height: 10, channels: 3, background: '#ffffff' } })
      .png()
      .toBuffer();
    const picture = { kind: 'file', file } as const;
    const support = ['a', 'b', 'c'].map((label) => ({ input: picture, label }));
    const request = { model: 'tiny-glyph-prototypes', support };
    await expect(small.service.adapt('acme', 'signs', request)).rejects.toMatchObject({
      code: 'invalid_image',
      details: { item: 2, pointer: '/input', got: '300' },
    });
    const two = { ...request, support: support.slice(0, 2) };
    await settle(small.service, await small.service.adapt('acme', 'signs', two));
    const predict = (count: number) =>
      small.service.predict(
        'acme',
        'signs',
        Array.from({ length: count }, () => picture),
      );
    expect((await predict(2)).predictions).toHaveLength(2);
    await expect(predict(3)).rejects.toMatchObject({
      code: 'invalid_image',
      details: {
        item: 2,
        expected: 'pictures of at most 200 pixels together in one request',
        got: '300',
      },
    });
  });

  it('answers task_not_found when the task is deleted before its state is computed again', async () => {
    const { tenant, task, id } = await adapted();
    await Promise.all([runner.forget(`acme/${id}`), opened.cache.delete(`acme/${id}`)]);
    const { store } = opened;
    const interrupted = createService({
      ...opened,
      store: {
        ...store,
        async supportSet(...which) {
          await service.deleteTask(tenant, task);
          return store.supportSet(...which);
        },
      },
    });
    await expect(interrupted.predict(tenant, task, points([0, 0]))).rejects.toMatchObject({
      code: 'task_not_found',
    });
  });

  it('computes missing states one at a time per tenant, and those of different tenants concurrently', async () => {
    const owners = ['acme', 'acme', 'acme', 'other'] as const;
    for (const [i, tenant] of owners.entries()) {
      const { id } = await settle(service, await service.adapt(tenant, `lost-${i}`, corners));
      await Promise.all([runner.forget(`${tenant}/${id}`), opened.cache.delete(`${tenant}/${id}`)]);
    }
    const running: string[] = [];
    const seen: string[] = [];
    const watched = createService({
      ...opened,
      store: {
        ...opened.store,
        async supportSet(tenant, task, digest) {
          running.push(tenant);
          seen.push([...running].sort().join('+'));
          // Computations of other tenants start in the meantime.
          await new Promise(setImmediate);
          running.splice(running.indexOf(tenant), 1);
          return opened.store.supportSet(tenant, task, digest);
        },
      },
    });
    await Promise.all(owners.map((tenant, i) => watched.predict(tenant, `lost-${i}`, points([0, 0.5]))));
    expect(seen).toHaveLength(owners.length);
    expect(new Set(seen)).toEqual(new Set(['acme', 'acme+other']));
  });

  it('answers labels with probabilities that sum to 1', async () => {
    const { id } = await adapted({ ...corners, settings: { steps: 200 } });
    const answer = await predict([0, 0.05], [1, 0.95]);
    expect(answer).toMatchObject({ adaptation: id, model: 'tiny-gradients@1.0.0' });
    expect(answer.predictions.map(({ label }) => label)).toEqual(['low', 'high']);
    for (const { label = '', probabilities = {} } of answer.predictions) {
      expect(Object.keys(probabilities)).toEqual(['high', 'low']);
      expect((probabilities.high ?? 0) + (probabilities.low ?? 0)).toBeCloseTo(1, 12);
      expect(probabilities[label]).toBeGreaterThan(0.5);
    }
  });

  it('gives each label its own probability, for any label names', async () => {
    const names = ['10', '9', '__proto__', '\u{1f600}', '\uffff', 'constructor', ' '];
    await adapted({
      model: 'tiny-prototypes',
      support: labelled(...names.map((name, i) => [name, Math.cos(i), Math.sin(i)] as const)),
    });
    const answer = await predict(...names.map((_, i) => [Math.cos(i), Math.sin(i)]));
    expect(answer.predictions.map(({ label }) => label)).toEqual(names);
    for (const { probabilities = {} } of answer.predictions) {
      expect(Object.keys(probabilities).sort()).toEqual([...names].sort());
    }
  });

  it('answers with the current adaptation until the next one has succeeded', async () => {
    const first = await adapted();
    const next = await service.adapt('acme', 'signs', { ...corners, settings: { steps: 100_000 } });
    expect((await predict([0, 0])).adaptation).toBe(first.id);
    await service.cancel('acme', 'signs', next.id);
    expect((await predict([0, 0])).adaptation).toBe(first.id);
  });

  it('serves from memory, from the cache, and from the support set, with the same bits', async () => {
    const { id } = await adapted();
    // The runner is shared by all tests here, and an equal request has an equal id.
    await runner.forget(`acme/${id}`);
    expect(await residency()).toBe('cache');
    const first = await predict([0, 0.5]);
    expect(await residency()).toBe('memory');
    await runner.forget(`acme/${id}`);
    const { predictions } = first;
    expect(await predict([0, 0.5])).toMatchObject({ predictions, timings: { tier: 'cache' } });
    expect(await predict([0, 0.5])).toMatchObject({
      predictions,
      timings: { tier: 'memory', cacheMs: expect.any(Number) },
    });
    expect(runs).toHaveLength(1);
    await runner.forget(`acme/${id}`);
    await opened.cache.delete(`acme/${id}`);
    expect(await residency()).toBe('recompute');
    expect(await predict([0, 0.5])).toMatchObject({ predictions, timings: { tier: 'recomputed' } });
    expect(runs).toHaveLength(2);
  });

  it('computes a missing state once for many concurrent predictions', async () => {
    const { id } = await adapted();
    const alone = await predict([0, 0.5]);
    await runner.forget(`acme/${id}`);
    await opened.cache.delete(`acme/${id}`);
    const answers = await Promise.all(Array.from({ length: 20 }, () => predict([0, 0.5])));
    expect(runs).toHaveLength(2);
    for (const { predictions } of answers) {
      expect(predictions[0]?.probabilities?.low).toBeCloseTo(
        alone.predictions[0]?.probabilities?.low ?? 0,
        5,
      );
    }
  });

  it('computes a missing state without waiting for a running adaptation', async () => {
    const { id } = await adapted();
    const long = await service.adapt('acme', 'signs', { ...corners, settings: { steps: 100_000 } });
    await runner.forget(`acme/${id}`);
    await opened.cache.delete(`acme/${id}`);
    expect((await predict([0, 0.5])).adaptation).toBe(id);
    expect((await service.cancel('acme', 'signs', long.id)).status).toBe('cancelled');
  });

  it('serves a task of an earlier process', async () => {
    await adapted();
    const { timings: _, ...before } = await predict([0, 0.5]);
    await opened[Symbol.asyncDispose]();
    await using reopened = openService(runner, packages, kept(opened));
    expect(await reopened.service.predict('acme', 'signs', points([0, 0.5]))).toMatchObject(before);
    opened = reopened;
  });

  it('works when the cache fails', async () => {
    const broken = () => Promise.reject(new Error('the disk is full'));
    const cache = {
      tier: 'broken',
      get: broken,
      put: broken,
      has: broken,
      delete: broken,
      [Symbol.asyncDispose]: async () => {},
    };
    await using without = openService(runner, packages, { cache });
    without.service.processAdaptations();
    await without.service.resubmitUnfinished();
    const request = { ...corners, settings: { seed: 5 } };
    const accepted = await without.service.adapt('acme', 'cacheless', request);
    expect((await settle(without.service, accepted)).status).toBe('succeeded');
    const { predictions } = await without.service.predict('acme', 'cacheless', points([0, 0]));
    expect(predictions).toHaveLength(1);
  });

  it('answers from memory while the store is unavailable, but not for a deleted task', async () => {
    const store = createMemoryTaskStore({ quota: { ...plenty, queued: 10 } });
    let isAway = false;
    const leaving: TaskStore = {
      ...store,
      current: (tenant, task) =>
        isAway ? Promise.reject(new InnerloopError('unavailable', 'away')) : store.current(tenant, task),
    };
    await using opened = openService(runner, packages, { store: leaving });
    opened.service.processAdaptations();
    for (const task of ['kept', 'deleted']) {
      await settle(opened.service, await opened.service.adapt('acme', task, corners));
      await opened.service.predict('acme', task, points([0, 0]));
    }
    await opened.service.deleteTask('acme', 'deleted');
    isAway = true;
    expect((await opened.service.predict('acme', 'kept', points([0, 0]))).predictions).toHaveLength(1);
    await expect(opened.service.predict('acme', 'deleted', points([0, 0]))).rejects.toMatchObject({
      code: 'unavailable',
    });
  });

  it('answers decoded tensors with the same numbers as predictions', async () => {
    await adapted();
    const { classes, answerShape, answer } = await service.adaptedModel('acme', 'signs');
    const { shape, data } = await answer(tensor([2, 2], [0, 0.05, 1, 0.95]));
    const { predictions } = await predict([0, 0.05], [1, 0.95]);
    expect({ classes, answerShape, shape }).toEqual({
      classes: ['high', 'low'],
      answerShape: [2],
      shape: [2, 2],
    });
    expect([...data]).toEqual(predictions.flatMap(({ probabilities = {} }) => Object.values(probabilities)));
    await expect(answer(tensor([51, 2], new Float32Array(102)))).rejects.toMatchObject({
      details: { expected: 'from 1 to 50 inputs', got: '51' },
    });
    await expect(answer(tensor([2, 2], [0, 0, 3e38, 3e38]))).rejects.toMatchObject({
      code: 'invalid_input',
      details: { item: 1 },
    });
  });

  it('answers with any named adaptation that has succeeded, even when its state must be computed again', async () => {
    const first = await adapted();
    const then = await predict([0, 0.5]);
    const second = await adapted({ ...corners, settings: { steps: 7 } });
    await runner.forget(`acme/${first.id}`);
    await opened.cache.delete(`acme/${first.id}`);
    const named = await service.adaptedModel('acme', 'signs', first.id);
    expect(named.adaptation).toBe(first.id);
    const { data } = await named.answer(tensor([1, 2], [0, 0.5]));
    expect([...data]).toEqual(Object.values(then.predictions[0]?.probabilities ?? {}));
    expect((await service.adaptedModel('acme', 'signs', second.id)).adaptation).toBe(second.id);
    expect((await service.adaptedModel('acme', 'signs')).adaptation).toBe(second.id);
  });

  it('refuses a named adaptation that has not succeeded, or belongs to another task or tenant', async () => {
    const { id } = await adapted();
    const long = await service.adapt('acme', 'signs', { ...corners, settings: { steps: 100_000 } });
    const named = (tenant: string, task: string, adaptation: string) =>
      expect(service.adaptedModel(tenant, task, adaptation)).rejects;
    await named('acme', 'signs', long.id).toMatchObject({
      code: 'adaptation_not_succeeded',
      details: { retryAfterSeconds: 1 },
    });
    await service.cancel('acme', 'signs', long.id);
    await named('acme', 'signs', long.id).toThrow(/is cancelled: expected one that has succeeded/);
    await named('acme', 'signs', 'adp_0').toMatchObject({ code: 'adaptation_not_found' });
    await service.putTask('acme', 'other', { model: 'tiny-gradients' });
    await named('acme', 'other', id).toMatchObject({ code: 'adaptation_not_found' });
    await named('other', 'signs', id).toMatchObject({ code: 'task_not_found' });
  });

  it.each([
    ['no inputs', [], { pointer: '/inputs', got: '0' }],
    [
      'too many inputs',
      Array.from({ length: 51 }, () => [0, 0]),
      { pointer: '/inputs', expected: 'from 1 to 50 inputs' },
    ],
    ['an input of the wrong shape', [[0, 0], [1]], { item: 1 }],
    [
      'an input that overflows the model',
      [
        [0, 0],
        [3e38, 3e38],
      ],
      { item: 1 },
    ],
  ])('refuses %s', async (_what, values, details) => {
    await adapted({ ...corners, model: 'tiny-prototypes' });
    await expect(predict(...values)).rejects.toMatchObject({ code: 'invalid_input', details });
  });

  it('names the task that does not exist', async () => {
    await expect(predict([0, 0])).rejects.toMatchObject({ code: 'task_not_found' });
    await adapted();
    const foreign = service.predict('other', 'signs', points([0, 0]));
    await expect(foreign).rejects.toMatchObject({ code: 'task_not_found' });
  });

  it('says why a task cannot answer predictions yet', async () => {
    await service.putTask('acme', 'signs', { model: 'tiny-gradients' });
    await expect(predict([0, 0])).rejects.toThrow(/none was submitted/);
    const { id } = await service.adapt('acme', 'signs', { ...corners, settings: { steps: 100_000 } });
    await expect(predict([0, 0])).rejects.toMatchObject({
      code: 'task_not_adapted',
      details: { retryAfterSeconds: 1 },
    });
    await service.cancel('acme', 'signs', id);
    await expect(predict([0, 0])).rejects.toThrow(/the latest is cancelled/);
  });

  it('tells the caller to adapt again when the model was replaced', async () => {
    await adapted();
    await opened[Symbol.asyncDispose]();
    const [gradients, prototypes] = packages;
    if (!gradients || !prototypes) throw new Error('Expected two packages');
    const manifest = { ...gradients.manifest, version: '2.0.0', digest: `sha256:${'2'.repeat(64)}` };
    await using reopened = openService(runner, [{ ...gradients, manifest }, prototypes], kept(opened));
    const refused = reopened.service.predict('acme', 'signs', points([0, 0]));
    await expect(refused).rejects.toMatchObject({
      code: 'task_not_adapted',
      details: { got: 'tiny-gradients@1.0.0' },
    });
    opened = reopened;
  });
});
