import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Service } from '../../../src/service/service.ts';
import type { ServiceOptions } from '../../../src/service/service-options.ts';
import { tensor } from '../../../src/tensor.ts';
import { createMemoryQueue } from '../../support/memory/adaptation-queue.ts';
import { createMemoryRunner } from '../../support/memory/program-runner.ts';
import { tinyPackages } from '../../support/packages.ts';
import { corners, openService } from '../../support/service.ts';

const packages = [tinyPackages.prototypes(), tinyPackages.gradients()];

describe('models', () => {
  it('are listed and found by name', async () => {
    const { service } = await opened();
    expect(service.models().map(({ name }) => name)).toEqual(['tiny-gradients', 'tiny-prototypes']);
    expect(service.model('tiny-prototypes')).toEqual({ status: 'ready', ...packages[0]?.manifest });
  });

  it('that do not exist are refused with a list of the existing ones', async () => {
    const { service } = await opened();
    expect(() => service.model('__proto__')).toThrow(
      expect.objectContaining({
        code: 'model_not_found',
        details: { expected: 'one of tiny-gradients, tiny-prototypes', got: '__proto__' },
      }),
    );
  });
});

describe('tasks', () => {
  let service: Service;
  beforeEach(async () => {
    ({ service } = await opened());
  });
  const put = (id: string, request: { model?: string; metadata?: Record<string, string> }) =>
    service.putTask('acme', id, request);

  it('are created once, with metadata', async () => {
    const first = await put('signs', { model: 'tiny-gradients', metadata: { customer: '42' } });
    expect(first).toMatchObject({
      created: true,
      task: {
        id: 'signs',
        model: 'tiny-gradients',
        metadata: { customer: '42' },
        labels: null,
        residency: null,
      },
    });
    expect(await put('signs', {})).toEqual({ created: false, task: first.task });
    expect(await put('signs', { metadata: {} })).toMatchObject({ created: false, task: { metadata: {} } });
    expect(await service.task('acme', 'signs')).toMatchObject({
      metadata: {},
      createdAt: first.task.createdAt,
    });
  });

  it('need an existing model, and keep it', async () => {
    await expect(put('signs', {})).rejects.toMatchObject({ code: 'model_required' });
    await expect(put('signs', { model: 'other' })).rejects.toMatchObject({ code: 'model_not_found' });
    await put('signs', { model: 'tiny-gradients' });
    await expect(put('signs', { model: 'tiny-prototypes' })).rejects.toMatchObject({
      code: 'model_conflict',
    });
  });

  it('keep their model when two callers create one concurrently', async () => {
    const models = ['tiny-gradients', 'tiny-prototypes'];
    const answers = await Promise.allSettled(models.map((model) => put('signs', { model })));
    const won = answers.findIndex(({ status }) => status === 'fulfilled');
    expect((await service.task('acme', 'signs')).model).toBe(models[won]);
    expect(answers[1 - won]).toMatchObject({ status: 'rejected', reason: { code: 'model_conflict' } });
  });

  it.each(['', '.hidden', 'a/b', 'x'.repeat(129), 'ä', 'a\n'])('cannot be called %j', async (id) => {
    await expect(put(id, { model: 'tiny-gradients' })).rejects.toMatchObject({ code: 'invalid_request' });
    await expect(service.task('acme', id)).rejects.toMatchObject({ code: 'task_not_found' });
  });

  it.each([
    [Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`key${i}`, ''])), 'at most 16 pairs'],
    [{ ['k'.repeat(65)]: '' }, 'keys of at most 64 characters'],
    [{ k: 'v'.repeat(513) }, 'values of at most 512 characters'],
  ])('refuse metadata beyond its bounds (%#)', async (metadata, expected) => {
    await expect(put('signs', { model: 'tiny-gradients', metadata })).rejects.toMatchObject({
      code: 'invalid_request',
      details: { pointer: '/metadata', expected },
    });
    await expect(service.task('acme', 'signs')).rejects.toMatchObject({ code: 'task_not_found' });
  });

  it('are listed for their tenant only, page by page', async () => {
    for (const id of ['b', 'a', 'c']) await put(id, { model: 'tiny-gradients' });
    await service.putTask('other', 'd', { model: 'tiny-gradients' });
    const first = await service.tasks('acme', { limit: 2 });
    expect(first.data.map(({ id }) => id)).toEqual(['a', 'b']);
    const rest = await service.tasks('acme', { limit: 2, after: first.nextCursor ?? '' });
    expect(rest).toMatchObject({ data: [{ id: 'c' }], nextCursor: null });
  });
});

it('a task is deleted once the store has deleted it, even when later steps fail', async () => {
  const broken = new Error('away');
  const local = createMemoryQueue({ concurrency: 1, onError: () => undefined });
  const queue = Object.assign(local, { cancel: () => Promise.reject(broken) });
  const { service, cache, errors } = await opened({ queue });
  const { id } = await service.adapt('acme', 'signs', corners);
  await cache.put(`acme/${id}`, { weights: tensor([1], [1]) });
  await service.deleteTask('acme', 'signs');
  await expect(service.task('acme', 'signs')).rejects.toMatchObject({ code: 'task_not_found' });
  expect(await cache.has(`acme/${id}`)).toBe(false);
  expect(errors).toEqual([broken]);
});

/** A service without adaptations to run. */
async function opened(overrides: Partial<ServiceOptions> = {}) {
  const runner = createMemoryRunner();
  const service = openService(runner, packages, overrides);
  onTestFinished(async () => {
    await service[Symbol.asyncDispose]();
    await runner[Symbol.asyncDispose]();
  });
  return service;
}
