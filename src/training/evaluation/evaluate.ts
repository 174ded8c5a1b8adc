import { type CalibrationBins, calibrationBins } from '../../domain/trust/calibration-error.ts';
import { InnerloopError } from '../../errors.ts';
import type { Package } from '../../package/manifest.ts';
import type { ProgramRunner } from '../../ports/program-runner.ts';
import type { Episode, EpisodeSource } from '../datasets/dataset.ts';
import { createRandom } from '../random.ts';
import { accuracyOf, type Estimate, estimate, meanSquaredError } from './statistics.ts';

export interface EvaluationOptions {
  readonly ways: number;
  readonly shots: number;
  /** Per class. */
  readonly queries: number;
  readonly steps: number;
  readonly rate: number;
  readonly episodes: number;
  readonly seed: number;
  readonly signal?: AbortSignal;
  onEpisode?(done: number): void;
}

export interface Evaluated extends Estimate {
  /** See `calibrationBins`; null for regression. */
  readonly calibrationError: number | null;
}

/** Episodes that run at the same time: while one adapts, another can predict. */
const CONCURRENCY = 4;

/**
 * Adapts to each episode's support set and predicts its queries with the same programs and runner as the service.
 * Returns accuracy for classification and mean squared error for regression, averaged over episodes. Non-transductive:
 * a prediction depends only on its own input and the state. An adaptation that diverges counts as accuracy 0, or as an
 * infinite error.
 */
export async function evaluate(
  pkg: Package,
  source: EpisodeSource,
  runner: ProgramRunner,
  options: EvaluationOptions,
): Promise<Evaluated> {
  await runner.load(pkg);
  const random = createRandom(options.seed).fork('evaluation');
  const scores: number[] = [];
  const bins = calibrationBins();
  let next = 0;
  let done = 0;
  const runEpisodes = async () => {
    while (next < options.episodes) {
      options.signal?.throwIfAborted();
      const i = next++;
      scores[i] = await score(
        pkg,
        runner,
        source.sample(random.fork(i), options),
        options,
        `evaluation-${options.seed}-${i}`,
        bins,
      );
      options.onEpisode?.(++done);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, runEpisodes));
  const classifies = pkg.manifest.task === 'classification';
  return { ...estimate(scores), calibrationError: classifies ? bins.error() : null };
}

async function score(
  { manifest: { digest, task } }: Package,
  runner: ProgramRunner,
  { support, query }: Episode,
  { steps, rate, signal = new AbortController().signal }: EvaluationOptions,
  stateId: string,
  bins: CalibrationBins,
): Promise<number> {
  const run = { digest, ...support, steps, rate, signal, onStep() {} };
  const state = await runner.adapt(run).catch((error: unknown) => {
    if (error instanceof InnerloopError && error.code === 'adaptation_diverged') return null;
    throw error;
  });
  if (!state) return task === 'classification' ? 0 : Number.POSITIVE_INFINITY;
  const { y: output } = await runner.predict({
    digest,
    stateId,
    x: query.x,
    loadState: async () => ({ state, tier: 'given' }),
  });
  await runner.forget(stateId);
  if (task === 'regression') return meanSquaredError(output, query.y);
  bins.add(output, query.y);
  return accuracyOf(output, query.y);
}
