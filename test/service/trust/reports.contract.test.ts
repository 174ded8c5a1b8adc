import { describe, expect, it, onTestFinished } from 'vitest';
import { createOnnxRunner } from '../../../src/adapters/onnxruntime/program-runner.ts';
import { readPackages } from '../../../src/package/read.ts';
import type { RawExample } from '../../../src/service/service.ts';
import { createRandom } from '../../../src/training/random.ts';
import { openService, settle } from '../../support/service.ts';

const packages = await readPackages('models');

/** Pictures of 28 × 28 with a bar at another height for each label, a little displaced and noisy. */
function bars(labels: readonly string[], shots: number): RawExample[] {
  const random = createRandom(3);
  return labels.flatMap((label, i) =>
    Array.from({ length: shots }, () => {
      const top = 4 + 7 * i + (random.sample(3, 1)[0] ?? 0);
      const rows = Array.from({ length: 28 }, (_, y) =>
        Array.from({ length: 28 }, () => (y >= top && y < top + 4 ? 1 : 0.1 * random.uniform())),
      );
      return { label, input: { kind: 'json' as const, value: [rows] } };
    }),
  );
}

describe('reports of bundled packages', () => {
  it.each(['omniglot-protonets', 'omniglot-matching', 'omniglot-maml', 'omniglot-anil'])(
    'find the wrong label among pictures of %s',
    async (model) => {
      const runner = createOnnxRunner({ adaptThreads: 1, predictThreads: 1, stateBytes: 1e8 });
      onTestFinished(() => runner[Symbol.asyncDispose]());
      const pkg = packages.filter(({ manifest }) => manifest.name === model);
      for (const each of pkg) await runner.load(each);
      await using opened = openService(runner, pkg, { limits: { inputs: 50, numbers: 1e5, pixels: 1e6 } });
      const { service, errors } = opened;
      service.processAdaptations();
      const support = bars(['a', 'b', 'c'], 6).map((each, i) => (i === 4 ? { ...each, label: 'c' } : each));
      const { id } = await settle(service, await service.adapt('acme', 'bars', { model, support }));
      await expect
        .poll(async () => (await service.adaptation('acme', 'bars', id)).report, { timeout: 30_000 })
        .not.toBeNull();
      const { report } = await service.adaptation('acme', 'bars', id);
      expect(report?.accuracy).toMatchObject({ n: 18, method: '5 folds' });
      expect(report?.accuracy?.estimate).toBeGreaterThan(0.8);
      expect(report?.suspects).toContainEqual(
        expect.objectContaining({ issue: 'label', position: 4, suggested: 'a' }),
      );
      expect(errors).toEqual([]);
    },
  );
});
