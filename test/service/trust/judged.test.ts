import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Service } from '../../../src/service/service.ts';
import { createMemoryRunner } from '../../support/memory/program-runner.ts';
import { tinyPackages } from '../../support/packages.ts';
import { labelled, openService, settle } from '../../support/service.ts';

const packages = [tinyPackages.prototypes(), tinyPackages.curve()];
/** Two clouds of 12 points each around [0, 0] and [1, 1]. */
const cloud = (label: string, centre: number) =>
  Array.from({ length: 12 }, (_, i): [string, number, number] => [
    label,
    centre + 0.1 * Math.cos(i),
    centre + 0.1 * Math.sin(1.7 * i),
  ]);
const support = labelled(...cloud('low', 0), ...cloud('high', 1));
const json = (value: unknown) => ({ kind: 'json', value }) as const;

describe('judged predictions', () => {
  const runner = createMemoryRunner();
  let service: Service;
  let close: () => PromiseLike<void>;
  beforeAll(async () => {
    for (const each of packages) await runner.load(each);
    const opened = openService(runner, packages);
    service = opened.service;
    close = () => opened[Symbol.asyncDispose]();
    service.processAdaptations();
    await settle(service, await service.adapt('acme', 'clouds', { model: 'tiny-prototypes', support }));
  });
  afterAll(async () => {
    await close();
    await runner[Symbol.asyncDispose]();
  });
  const predict = async (input: unknown, options: Parameters<Service['predict']>[3] = {}) => {
    const [prediction] = (await service.predict('acme', 'clouds', [json(input)], options)).predictions;
    if (!prediction) throw new Error('Expected a prediction');
    return prediction;
  };

  it('say how novel each input is, without being asked', async () => {
    const [known, far] = [await predict([0.05, 0.02]), await predict([4, -4])];
    expect(known).toMatchObject({ label: 'low', novelty: expect.any(Number) });
    expect(known.novelty).toBeLessThan(0.8);
    expect(far.novelty).toBeGreaterThan(0.99);
    expect(far.label).toBe('low');
    expect(known).not.toHaveProperty('set');
    expect(known).not.toHaveProperty('explanation');
  });

  it('have no label if that is asked for and the input is unlike all examples', async () => {
    expect(await predict([4, -4], { reject: true })).toMatchObject({
      label: null,
      reason: 'unlike_examples',
      best: 'low',
      probabilities: { low: expect.any(Number) },
    });
    expect(await predict([0.05, 0.02], { reject: true })).toMatchObject({ label: 'low' });
    expect((await predict([0.05, 0.02], { reject: true })).reason).toBeUndefined();
  });

  it('take a coverage: the less is asked to be answered, the more is left out', async () => {
    const labels = async (coverage: number) => {
      const answers = await Promise.all(
        support.map((_, i) => predict([0.13 * Math.cos(i), 0.13 * Math.sin(i)], { reject: { coverage } })),
      );
      return answers.filter(({ label }) => label !== null).length;
    };
    const [few, many, all] = [await labels(0.3), await labels(0.9), await labels(1)];
    expect(all).toBe(support.length);
    expect(few).toBeLessThan(many);
  });

  it('have the options of the task, unless the request names others', async () => {
    await service.putTask('acme', 'clouds', { defaults: { reject: true, set: 0.8 } });
    expect(await predict([4, -4])).toMatchObject({ label: null, set: { level: 0.8 } });
    expect(await predict([4, -4], { reject: false, set: 0.9 })).toMatchObject({
      label: 'low',
      set: { level: 0.9 },
    });
    await service.putTask('acme', 'clouds', { defaults: {} });
    expect((await predict([4, -4])).label).toBe('low');
  });

  it('have sets of labels, larger between the clouds', async () => {
    const [clear, between] = [await predict([0, 0], { set: 0.9 }), await predict([0.5, 0.5], { set: 0.9 })];
    expect(clear.set).toMatchObject({ labels: ['low'], guarantee: expect.stringContaining('9 of 10') });
    expect(between.set?.labels?.length).toBeGreaterThan(0);
    expect((await predict([0, 0], { set: 0.99 })).set?.labels).toBeNull();
  });

  it('do not depend on the other inputs of the request', async () => {
    const inputs = [json([0.05, 0.02]), json([4, -4]), json([0.5, 0.4])];
    const together = await service.predict('acme', 'clouds', inputs, { reject: true, set: 0.8 });
    for (const [i, input] of inputs.entries()) {
      const alone = await service.predict('acme', 'clouds', [input], { reject: true, set: 0.8 });
      const { probabilities, novelty, ...verdict } = alone.predictions[0] ?? {};
      expect(together.predictions[i]).toMatchObject(verdict);
      expect(together.predictions[i]?.novelty).toBeCloseTo(novelty ?? Number.NaN, 5);
      expect(together.predictions[i]?.probabilities?.low).toBeCloseTo(probabilities?.low ?? Number.NaN, 5);
    }
  });

  it('know nothing of novelty with one example of each label', async () => {
    const two = labelled(['low', 0, 0], ['high', 1, 1]);
    await settle(service, await service.adapt('acme', 'two', { model: 'tiny-prototypes', support: two }));
    const answer = await service.predict('acme', 'two', [json([9, 9])], { reject: true, set: 0.9 });
    expect(answer.predictions[0]).toMatchObject({ novelty: null, label: 'high', set: { labels: null } });
  });

  it('of numbers have a novelty, but no sets', async () => {
    const wave = Array.from({ length: 12 }, (_, i) => ({ input: json([i / 4]), target: [Math.sin(i / 4)] }));
    await settle(service, await service.adapt('acme', 'wave', { model: 'tiny-curve', support: wave }));
    await expect(service.predict('acme', 'wave', [json([1])], { set: 0.9 })).rejects.toMatchObject({
      code: 'invalid_request',
      details: { pointer: '/options/set' },
    });
  });

  describe('with an explanation', () => {
    it('name the examples that carried the answer, and the numbers that mattered', async () => {
      const { explanation } = await predict([0.02, 0.03], { explain: true });
      expect(explanation?.label).toBe('low');
      expect(explanation?.examples.length).toBeGreaterThan(0);
      expect(explanation?.examples.length).toBeLessThanOrEqual(10);
      const shares = explanation?.examples.map(({ share }) => share) ?? [];
      expect(shares).toEqual(shares.toSorted((a, b) => b - a));
      expect(shares.reduce((sum, share) => sum + share, 0)).toBeLessThanOrEqual(1 + 1e-9);
      expect(explanation?.input).toMatchObject({
        kind: 'tensor',
        parts: [
          { from: 0, to: 1 },
          { from: 1, to: 2 },
        ],
      });
    });

    it('name the only example of a label', async () => {
      const answer = await service.predict('acme', 'two', [json([0.1, 0])], { explain: true });
      expect(answer.predictions[0]?.explanation?.examples).toMatchObject([{ label: 'low', share: 1 }]);
    });

    it('are limited to a few inputs', async () => {
      const inputs = Array.from({ length: 9 }, () => json([0, 0]));
      await expect(service.predict('acme', 'clouds', inputs, { explain: true })).rejects.toMatchObject({
        code: 'invalid_input',
        details: { expected: 'at most 8 inputs with explain' },
      });
    });
  });
});
