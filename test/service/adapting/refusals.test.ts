import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { AdaptRequest, Service } from '../../../src/service/service.ts';
import { loadedRunner } from '../../support/loaded-runner.ts';
import { tinyPackages } from '../../support/packages.ts';
import { corners, labelled, openService, settle, type TestService } from '../../support/service.ts';

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
  const nothingStored = async (task = 'signs') => {
    expect(await opened.store.unfinished()).toEqual([]);
    expect(await opened.store.task('acme', task)).toBeNull();
  };

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
        { code: 'invalid_support_set', details: { expected: 'from 2 to 20 labels', got: '21' } },
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
});
