import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createService } from '../../../src/service/create-service.ts';
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
});
