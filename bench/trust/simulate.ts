import type { Adaptation } from '../../src/domain/adaptation.ts';
import { supportSet } from '../../src/domain/support-set.ts';
import { type Assessment, rowOf } from '../../src/domain/trust/assessment.ts';
import { isRight, outcomesOf } from '../../src/domain/trust/report/accuracy.ts';
import { likeliest } from '../../src/domain/trust/softmax.ts';
import { type Labelled, labelledLogits } from '../../src/domain/trust/temperature.ts';
import type { Package } from '../../src/package/manifest.ts';
import type { ProgramRunner } from '../../src/ports/program-runner.ts';
import { createAssess } from '../../src/service/trust/assess.ts';
import { copyOf, type Tensor } from '../../src/tensor.ts';
import type { Episode, EpisodeSource } from '../../src/training/datasets/dataset.ts';
import { createRandom } from '../../src/training/random.ts';
import { adaptedState, logitsOf } from './adapted.ts';

/** A task that was simulated: what the service sees of it, and what is true. */
export interface SimulatedTask {
  readonly episode: Episode;
  readonly assessment: Assessment;
  /** Examples that were left out, and those of them that were right. */
  readonly n: number;
  readonly right: number;
  readonly leftOut: readonly Labelled[];
  /** Queries with the logits of the whole adaptation, and those of them that were right. */
  readonly queries: readonly Labelled[];
  readonly rightQueries: number;
}

export interface Simulation {
  readonly ways: number;
  readonly shots: number;
  /** Of each class. */
  readonly queries: number;
  readonly tasks: number;
  readonly seed: number;
  /** Changes the support set before anything is computed, such as labels that are flipped. */
  change?(support: Episode['support'], task: number): Episode['support'];
}

/** Tasks from `source`, each assessed and answered with the programs of the service. */
export function simulate(
  pkg: Package,
  source: EpisodeSource,
  runner: ProgramRunner,
  simulation: Simulation,
): Promise<readonly SimulatedTask[]> {
  return simulateEach(pkg, source, runner, simulation, simulateOne);
}

/** Tasks from `source`, and what `one` says of each. */
export async function simulateEach<Result>(
  pkg: Package,
  source: EpisodeSource,
  runner: ProgramRunner,
  { tasks, seed, change = (support) => support, ...shape }: Simulation,
  one: (pkg: Package, runner: ProgramRunner, episode: Episode, id: string) => Promise<Result>,
): Promise<readonly Result[]> {
  await runner.load(pkg);
  const random = createRandom(seed).fork('trust');
  const simulated: Result[] = [];
  let next = 0;
  const work = async () => {
    while (next < tasks) {
      const task = next++;
      const drawn = source.sample(random.fork(task), shape);
      const episode = { ...drawn, support: change(drawn.support, task) };
      simulated[task] = await one(pkg, runner, episode, `${seed} ${task}`);
    }
  };
  await Promise.all([work(), work()]);
  return simulated;
}

async function simulateOne(
  pkg: Package,
  runner: ProgramRunner,
  episode: Episode,
  id: string,
): Promise<SimulatedTask> {
  const assessment = await assess(pkg, runner, episode.support, id);
  const state = await adaptedState(pkg, runner, episode.support);
  const logits = await logitsOf(pkg, runner, state, episode.query.x);
  const queries = classesOf(episode.query.y).map((given, row) => ({ logits: rowOf(logits, row), given }));
  const outcomes = outcomesOf(assessment);
  return {
    episode,
    assessment,
    n: outcomes.length,
    right: outcomes.filter(isRight).length,
    leftOut: labelledLogits(assessment, outcomes),
    queries,
    rightQueries: queries.filter(({ logits: row, given }) => likeliest(row) === given).length,
  };
}

/** The assessment of a support set as the service computes it. */
export async function assess(
  { manifest }: Package,
  runner: ProgramRunner,
  { x, y }: Episode['support'],
  id: string,
): Promise<Assessment> {
  const isRegression = manifest.task === 'regression';
  const digits = String((y.shape[1] ?? 1) - 1).length;
  const support = supportSet({
    examples: Array.from({ length: y.shape[0] ?? 0 }, (_, row) => ({
      id: `ex_${row}`,
      kind: 'tensor',
      content: `sha256:${id} ${row}`,
      // Padded, so that the classes keep their order.
      ...(isRegression
        ? { target: [...rowOf(y, row)] }
        : { label: String(likeliest(rowOf(y, row))).padStart(digits, '0') }),
      weight: 1,
      createdAt: '',
      source: 'adapt',
    })),
    ...(isRegression && { targetShape: y.shape.slice(1) }),
  });
  const learnable = { support, x: copyOf(x), y: copyOf(y) };
  const { steps, rate } = manifest.inner;
  const run = createAssess({
    models: { withDigest: () => manifest },
    readLearnable: async () => learnable,
    runner,
  });
  const settings = { steps: steps.default, rate: rate.default, seed: 0 };
  const record = { id, tenant: 'bench', packageDigest: manifest.digest, settings } as Adaptation;
  const assessment = await run(record, { learnable });
  if (!assessment) throw new Error('Expected an assessment');
  return assessment;
}

/** Numbers of the classes of one-hot rows. */
export function classesOf(y: Tensor): readonly number[] {
  return Array.from({ length: y.shape[0] ?? 0 }, (_, row) => likeliest(rowOf(y, row)));
}
