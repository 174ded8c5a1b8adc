import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { robustOutcome } from '../../../src/domain/trust/robust.ts';
import type { Service } from '../../../src/service/service.ts';
import { stateKey } from '../../../src/service/state-key.ts';
import { tensor } from '../../../src/tensor.ts';
import { assessed } from '../../domain/trust/support.ts';
import { createMemoryRunner } from '../../support/memory/program-runner.ts';
import { tinyPackages } from '../../support/packages.ts';
import { labelled, openService, settle } from '../../support/service.ts';

const packages = [tinyPackages.prototypes(), tinyPackages.curve()];
/** Two examples of `high` lie among those of `low`. */
const support = labelled(
  ...Array.from({ length: 8 }, (_, i): [string, number, number] => ['low', 0.05 * i, 0.03 * (i % 3)]),
  ...Array.from({ length: 6 }, (_, i): [string, number, number] => ['high', 1 + 0.05 * i, 1]),
  ['high', 0.1, 0.05],
  ['high', 0.2, 0],
);

describe('robust weights', () => {
  it('are twice the probability of the label, between 0.02 and 1', () => {
    const logits = (p: number) => [Math.log(p), Math.log(1 - p)];
    const rows = [0.9, 0.3, 0.001].map((p) => ({ label: 'a', logits: logits(p) }));
    const all = assessed([...rows, { label: 'a' }, { label: 'b', logits: logits(0.2) }]);
    const y = tensor([5, 2], [1, 0, 1, 0, 1, 0, 1, 0, 0, 1]);
    const weights = Array.from(robustOutcome(y, all).data);
    [1, 0, 0.6, 0, 0.02, 0, 1, 0, 0, 1].forEach((expected, i) => {
      expect(weights[i]).toBeCloseTo(expected, 6);
    });
  });
});

describe('a robust adaptation', () => {
  const runner = createMemoryRunner();
  const opened = openService(runner, packages);
  const service: Service = opened.service;
  beforeAll(async () => {
    for (const each of packages) await runner.load(each);
    service.processAdaptations();
  });
  afterAll(async () => {
    await opened[Symbol.asyncDispose]();
    await runner[Symbol.asyncDispose]();
  });
  const adapt = async (robust?: boolean) =>
    settle(
      service,
      await service.adapt('acme', `signs-${robust}`, {
        model: 'tiny-prototypes',
        support,
        ...(robust !== undefined && { settings: { robust } }),
      }),
    );
  const probability = async (robust?: boolean) => {
    const inputs = [{ kind: 'json', value: [0.45, 0.4] } as const];
    const { predictions } = await service.predict('acme', `signs-${robust}`, inputs);
    return predictions[0]?.probabilities?.low ?? 0;
  };

  it('is drawn less to examples that the others contradict', async () => {
    expect((await adapt(true)).settings).toMatchObject({ steps: 0, robust: true });
    expect((await adapt()).settings).not.toHaveProperty('robust');
    expect(await probability(true)).toBeGreaterThan((await probability()) + 0.05);
  });

  it('is another adaptation, and `false` is the same as none', async () => {
    const ask = (settings: object) =>
      service.adapt('acme', 'same', { model: 'tiny-prototypes', support, settings });
    const [robust, none, not] = [await ask({ robust: true }), await ask({}), await ask({ robust: false })];
    expect(not.id).toBe(none.id);
    expect(robust.id).not.toBe(none.id);
  });

  it('has the same state when it is computed again', async () => {
    const { id } = await adapt(true);
    const before = await probability(true);
    await runner.forget(stateKey({ tenant: 'acme', id }));
    await opened.cache.delete(stateKey({ tenant: 'acme', id }));
    expect(await probability(true)).toBe(before);
  });

  it('needs labels', async () => {
    const wave = [0, 1, 2].map((x) => ({ input: { kind: 'json', value: [x] } as const, target: [x] }));
    await expect(
      service.adapt('acme', 'wave', { model: 'tiny-curve', support: wave, settings: { robust: true } }),
    ).rejects.toMatchObject({ code: 'invalid_settings', details: { pointer: '/settings/robust' } });
  });
});
