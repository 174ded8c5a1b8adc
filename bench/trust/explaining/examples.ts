import { likeliest, softmax } from '../../../src/domain/trust/softmax.ts';
import { temperatureAt } from '../../../src/domain/trust/temperature.ts';
import type { Package } from '../../../src/package/manifest.ts';
import type { ProgramRunner } from '../../../src/ports/program-runner.ts';
import type { Answered } from '../../../src/service/explaining/answered.ts';
import { createExampleShares } from '../../../src/service/explaining/example-shares.ts';
import { priorsOf } from '../../../src/service/trust/priors.ts';
import { copyOf, rowsAt, type Tensor } from '../../../src/tensor.ts';
import type { Episode } from '../../../src/training/datasets/dataset.ts';
import type { Random } from '../../../src/training/random.ts';
import { adaptedState, logitsOf } from '../adapted.ts';
import { assess, classesOf } from '../simulate.ts';
import type { Falls } from './falls.ts';

/** What the answer to the first query loses without the `counts` examples that its explanation names first. */
export async function fallsOfExamples(
  pkg: Package,
  runner: ProgramRunner,
  { support, query }: Episode,
  random: Random,
  counts: readonly number[],
): Promise<readonly Falls[]> {
  const { manifest } = pkg;
  const { x, y } = support;
  const asked = rowsAt(query.x, [0]);
  const { support: stored } = await assess(pkg, runner, support, 'explained');
  const shots = (x.shape[0] ?? 0) / (y.shape[1] ?? 1);
  const temperature = temperatureAt(priorsOf(manifest).temperatures, shots);
  const probabilities = async (rows: readonly number[]) => {
    const state = await adaptedState(pkg, runner, { x: rowsAt(x, rows), y: rowsAt(y, rows) });
    const { data } = await logitsOf(pkg, runner, state, asked);
    return softmax(data, data.length, temperature);
  };
  const all = [...Array(x.shape[0] ?? 0).keys()];
  const whole = await probabilities(all);
  const index = likeliest(whole);
  const named = await namedRows(pkg, runner, { x, y, asked, index, stored });
  const own = classesOf(y).flatMap((given, row) => (given === index ? [row] : []));
  const without = async (rows: readonly number[]) =>
    (whole[index] as number) -
    ((await probabilities(all.filter((row) => !rows.includes(row))))[index] as number);
  const falls: Falls[] = [];
  for (const count of counts) {
    const first = named.slice(0, count);
    const drawn = random.sample(own.length, first.length).map((place) => own[place] as number);
    falls.push({ named: await without(first), random: await without(drawn) });
  }
  return falls;
}

interface Explained {
  readonly x: Tensor;
  readonly y: Tensor;
  readonly asked: Tensor;
  readonly index: number;
  readonly stored: Awaited<ReturnType<typeof assess>>['support'];
}

/** Numbers of the rows that the service names, the largest share first. */
async function namedRows(
  { manifest }: Package,
  runner: ProgramRunner,
  { x, y, asked, index, stored }: Explained,
): Promise<readonly number[]> {
  const { steps, rate } = manifest.inner;
  const settings = { steps: steps.default, rate: rate.default, seed: 0 };
  const label = stored.outcome.kind === 'labels' ? (stored.outcome.classes[index] as string) : '';
  const answered = {
    adaptation: { settings },
    manifest,
    x: asked,
    answer: { label, index },
    signal: new AbortController().signal,
  } as unknown as Answered;
  const shares = createExampleShares(runner);
  const named = await shares(answered, { support: stored, x: copyOf(x), y: copyOf(y) });
  return named.map(({ id }) => stored.examples.findIndex((each) => each.id === id));
}
