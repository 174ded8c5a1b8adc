import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { finish } from '../../src/concurrency/slices.ts';
import { fitTemperature } from '../../src/domain/trust/temperature.ts';
import type { Calibration, Package } from '../../src/package/manifest.ts';
import { fitRarities } from './novelty/rarities.ts';
import { deviationOfError, simulateRegressions } from './regressions.ts';
import type { TrustContext } from './section.ts';
import { DEVIATIONS, deviation } from './sections/coverage.ts';
import { type SimulatedTask, simulate } from './simulate.ts';
import { MODELS, type TaskSource, trainingTasks } from './sources.ts';

const SHOTS = [1, 2, 3, 5, 10];
/** Examples of a task that predicts numbers. */
const EXAMPLES = [10, 20, 40];
const COMMAND = 'npm run bench:trust -- --fit';

/** Fits the calibration of a package on tasks of its training data, and writes it into its `model.json`. */
export async function fitCalibration(pkg: Package, context: TrustContext): Promise<void> {
  const { name, task } = pkg.manifest;
  const sources = await trainingTasks(pkg, context.training);
  const fitted = await (task === 'classification' ? fitClassification : fitRegression)(pkg, sources, context);
  const rarities = await fitRarities(pkg, sources);
  const calibration: Calibration = {
    ...fitted,
    ...(rarities !== undefined && { rarities }),
    command: `${COMMAND} --packages ${name} --tasks ${context.tasks}`,
    datasets: sources.map((each) => each.path),
  };
  context.note(`${name}: ${JSON.stringify(calibration)}`);
  const path = join(MODELS, name, 'model.json');
  const { metrics, calibration: _, ...rest } = JSON.parse(await readFile(path, 'utf8'));
  await writeFile(path, `${JSON.stringify({ ...rest, calibration, metrics }, null, 2)}\n`);
}

type Fitted = Pick<Calibration, 'temperatures' | 'intervalFactor'>;

async function fitClassification(
  pkg: Package,
  sources: readonly TaskSource[],
  { training, tasks, note }: TrustContext,
): Promise<Fitted> {
  const byShots: { shots: number; simulated: readonly (readonly SimulatedTask[])[] }[] = [];
  for (const shots of SHOTS) {
    note(`fit: ${pkg.manifest.name}, ${shots} shots`);
    const simulated: (readonly SimulatedTask[])[] = [];
    for (const { open, queries, examples } of sources) {
      if (shots + queries > examples) continue;
      const shape = { ways: 5, shots, queries, tasks, seed: 5 };
      simulated.push(await simulate(pkg, await open(), training.programs, shape));
    }
    byShots.push({ shots, simulated });
  }
  const assessed = byShots.filter(({ shots }) => shots > 2);
  return {
    temperatures: byShots.map(({ shots, simulated }) => ({
      shots,
      value: rounded(Math.max(...simulated.map(temperatureOf))),
    })),
    intervalFactor: Math.max(...assessed.map(({ simulated }) => factorOf(simulated.flat().map(deviation)))),
  };
}

async function fitRegression(
  pkg: Package,
  sources: readonly TaskSource[],
  { training, tasks, note }: TrustContext,
): Promise<Fitted> {
  const deviations: number[][] = [];
  for (const shots of EXAMPLES) {
    note(`fit: ${pkg.manifest.name}, ${shots} examples`);
    for (const { open, queries } of sources) {
      const shape = { shots, queries, tasks, seed: 5 };
      const simulated = await simulateRegressions(pkg, await open(), training.programs, shape);
      deviations.push(simulated.map(deviationOfError));
    }
  }
  return { temperatures: [], intervalFactor: Math.max(...deviations.map(factorOf)) };
}

/** The temperature of one data set. A package takes that of the least sure one, because data sets that it has not seen are harder. */
const temperatureOf = (tasks: readonly SimulatedTask[]): number =>
  finish(
    fitTemperature(
      tasks.flatMap(({ queries }) => queries),
      1,
    ),
  );

/** Above 95 %, because tasks of data sets that training has not read deviate more. */
const COVERAGE = 0.97;

/** The smallest factor with which the intervals of this share of tasks contain the truth. It is at least 1. */
function factorOf(deviations: readonly number[]): number {
  const ascending = deviations.toSorted((a, b) => a - b);
  const held = ascending[Math.ceil(COVERAGE * ascending.length) - 1] ?? DEVIATIONS;
  return rounded(Math.max(1, held / DEVIATIONS));
}

const rounded = (value: number): number => Number(value.toPrecision(3));
