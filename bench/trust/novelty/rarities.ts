import { join } from 'node:path';
import { rowOf } from '../../../src/domain/trust/assessment.ts';
import { encodeRarities } from '../../../src/domain/trust/novelty/rarity.ts';
import type { Package } from '../../../src/package/manifest.ts';
import { createRandom } from '../../../src/training/random.ts';
import { readRecipe } from '../../../src/training/recipe/read-recipe.ts';
import { MODELS, type TaskSource } from '../sources.ts';

/** The part of features whose numbers count parts of inputs. */
const COUNTS = 'ngrams';
const [TASKS, SHAPE] = [30, { ways: 10, shots: 10, queries: 1 }];

/** −log of the share of training examples that have a feature, for packages with features that count. Undefined for others. */
export async function fitRarities(
  { manifest }: Package,
  sources: readonly TaskSource[],
): Promise<string | undefined> {
  if (manifest.input.preprocessing.kind !== 'encoder') return undefined;
  const { network } = await readRecipe(join(MODELS, manifest.name, 'recipe.json'));
  const part = 'parts' in network ? network.parts?.find(({ name }) => name === COUNTS) : undefined;
  if (!part) return undefined;
  const having = new Float64Array(manifest.input.shape.length === 1 ? Number(manifest.input.shape[0]) : 0);
  let count = 0;
  for (const { open } of sources) {
    const source = await open();
    const shape = { ...SHAPE, ways: Math.min(SHAPE.ways, source.classes ?? SHAPE.ways) };
    for (let task = 0; task < TASKS; task++) {
      const { x } = source.sample(createRandom(task).fork('rarities'), shape).support;
      for (let row = 0; row < (x.shape[0] ?? 0); row++) {
        count += 1;
        for (const [i, value] of rowOf(x, row).entries())
          if (value > 0) having[i] = (having[i] as number) + 1;
      }
    }
  }
  const rarities = Array.from(having, (each) => -Math.log((each + 1) / (count + 1)));
  const isCounted = (i: number) => i >= part.start && i < part.start + part.width;
  return encodeRarities(rarities.map((each, i) => (isCounted(i) ? Math.max(1 / 16, each) : 0)));
}
