import { inferColumns } from '../../domain/rows/infer-columns.ts';
import { vectorise } from '../../domain/rows/vectorise.ts';
import type { Package } from '../../package/manifest.ts';
import type { ProgramRunner } from '../../ports/program-runner.ts';
import { stack, type Tensor, tensor } from '../../tensor.ts';
import { type Estimate, estimate } from '../evaluation/statistics.ts';
import { createRandom } from '../random.ts';
import type { TableSet } from './table-sets.ts';

/** Most rows of the support set. */
export const CONTEXT = 256;
/** The part of a small table that is the support set. */
const SHARE = 0.7;

/**
 * Accuracy, or R² for regression, on the rows of a table that are not in the support set; the mean over random splits.
 * Columns are inferred from the support set alone.
 */
export async function measureTable(
  { manifest: { digest, task } }: Package,
  { name, rows, targets }: TableSet,
  runner: ProgramRunner,
  splits: number,
): Promise<Estimate> {
  const score = task === 'classification' ? accuracy : determination;
  const context = Math.min(CONTEXT, Math.floor(SHARE * rows.length));
  const scores: number[] = [];
  for (let split = 0; split < splits; split++) {
    const order = createRandom(split).fork(name).sample(rows.length, rows.length);
    const [support, queries] = [order.slice(0, context), order.slice(context)];
    const at = <T>(all: readonly T[], places: readonly number[]) => places.map((i) => all[i] as T);
    const { columns } = inferColumns(at(rows, support));
    const featuresOf = (places: readonly number[]) =>
      stack(at(rows, places).map((row) => vectorOf(vectorise(row, columns).features)));
    const known = at(targets, support);
    const classes = [...new Set(known)].sort();
    const y =
      task === 'classification'
        ? stack(
            known.map((each) =>
              tensor(
                [classes.length],
                classes.map((label) => Number(label === each)),
              ),
            ),
          )
        : tensor([known.length, 1], known.map(Number));
    const output = await run(runner, digest, featuresOf(support), y, featuresOf(queries));
    scores.push(score(output, at(targets, queries), classes));
  }
  return estimate(scores);
}

async function run(
  runner: ProgramRunner,
  digest: string,
  x: Tensor,
  y: Tensor,
  queries: Tensor,
): Promise<Tensor> {
  const { signal } = new AbortController();
  const state = await runner.adapt({ digest, x, y, steps: 0, rate: 0, signal, onStep() {} });
  const stateId = 'table';
  const loadState = async () => ({ state, tier: 'given' });
  const { y: output } = await runner.predict({ digest, stateId, x: queries, loadState });
  await runner.forget(stateId);
  return output;
}

/** A class that no example of the support set has is a wrong answer. */
function accuracy({ data }: Tensor, truth: readonly string[], classes: readonly string[]): number {
  const right = truth.filter((label, row) => {
    const logits = data.subarray(row * classes.length, (row + 1) * classes.length);
    return classes[logits.indexOf(Math.max(...logits))] === label;
  });
  return right.length / truth.length;
}

/** R² = 1 − Σ (y − ŷ)² / Σ (y − ȳ)² */
function determination({ data }: Tensor, truth: readonly string[]): number {
  const values = truth.map(Number);
  const mean = values.reduce((sum, each) => sum + each, 0) / values.length;
  const squares = (difference: (value: number, row: number) => number) =>
    values.reduce((sum, value, row) => sum + difference(value, row) ** 2, 0);
  return 1 - squares((value, row) => value - (data[row] ?? 0)) / squares((value) => value - mean);
}

const vectorOf = (features: Float32Array): Tensor => tensor([features.length], features);
