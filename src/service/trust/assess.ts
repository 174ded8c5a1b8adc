import { LRUCache } from 'lru-cache';
import type { Adaptation } from '../../domain/adaptation.ts';
import type { Assessment, CurvePoint } from '../../domain/trust/assessment.ts';
import { isRight, outcomesOf } from '../../domain/trust/report/accuracy.ts';
import { planOf } from '../../domain/trust/split-plan.ts';
import type { ProgramRunner } from '../../ports/program-runner.ts';
import { copyOf, firstNotFinite, sizeOf, type Tensor } from '../../tensor.ts';
import type { Models } from '../models.ts';
import { stateKey } from '../state-key.ts';
import type { Learnable, ReadLearnable } from '../support/learnable.ts';

/**
 * The assessment of an adaptation: labels and classes (`support.outcome`), features `x` [N, d] and out-of-fold logits [N, ways]
 * of its examples; see `domain/trust/assessment.ts`. It is computed when it is first asked for, once for all callers, and kept
 * while there is room. So the report, abstention, conformal sets, explanations and the gate of feedback share it. Do not change
 * its tensors. Null when the support set is not stored (any more).
 *
 * `learnable`: the support set, for a caller that has read it. `signal` stops the computation of the caller that began it.
 * @throws InnerloopError `adaptation_diverged` when an adaptation to some of the examples diverges
 */
export interface Assess {
  (
    adaptation: Adaptation,
    options?: { readonly learnable?: Learnable; readonly signal?: AbortSignal },
  ): Promise<Assessment | null>;
  /** Drops what this process has kept. */
  forget(adaptation: Pick<Adaptation, 'tenant' | 'id'>): void;
}

interface Parts {
  readonly models: Pick<Models, 'withDigest'>;
  readonly readLearnable: ReadLearnable;
  readonly runner: Pick<ProgramRunner, 'splits'>;
}

/** Bytes of features and logits of all kept assessments. */
const MAX_BYTES = 64 * 2 ** 20;

const never = new AbortController().signal;

export function createAssess({ models, readLearnable, runner }: Parts): Assess {
  const kept = new LRUCache<string, Assessment>({
    maxSize: MAX_BYTES,
    sizeCalculation: ({ x, outOfFold }) => x.data.byteLength + outOfFold.data.byteLength + 1024,
  });
  const running = new Map<string, Promise<Assessment | null>>();

  const assess = async (...[adaptation, { learnable, signal = never } = {}]: Parameters<Assess>) => {
    const key = stateKey(adaptation);
    const known = kept.get(key) ?? running.get(key);
    if (known) return known;
    const computing = compute(adaptation, learnable, signal);
    running.set(key, computing);
    try {
      const assessment = await computing;
      if (assessment) kept.set(key, assessment);
      return assessment;
    } finally {
      running.delete(key);
    }
  };
  return Object.assign(assess, {
    forget: (adaptation: Parameters<Assess['forget']>[0]) => void kept.delete(stateKey(adaptation)),
  });

  async function compute(
    adaptation: Adaptation,
    given: Learnable | undefined,
    signal: AbortSignal,
  ): Promise<Assessment | null> {
    const learnable = given ?? (await readLearnable(adaptation, signal));
    if (!learnable) return null;
    const { support, x } = learnable;
    const { shape } = learnable.y;
    const { steps, rate } = adaptation.settings;
    const { folds, smaller, trainShots } = planOf(support, steps);
    const answers = await runner.splits({
      digest: models.withDigest(adaptation.packageDigest)?.digest ?? adaptation.packageDigest,
      // The runner takes ownership of its tensors, and the assessment keeps its own.
      x: copyOf(x),
      y: copyOf(learnable.y),
      steps,
      rate,
      signal,
      splits: [...folds, ...smaller.map(({ split }) => split)],
    });
    const whole = { support, x, splits: folds, ...joined(folds, answers, shape) };
    const points = smaller.map(({ shots, split }, i): CurvePoint => {
      const part = joined([split], answers.slice(folds.length + i), shape);
      return { shots, ...score({ support, ...part }) };
    });
    const curve = points.length > 0 ? [...points, { shots: trainShots, ...score(whole) }] : [];
    return { ...whole, curve };
  }
}

function score(assessed: Pick<Assessment, 'support' | 'tested' | 'outOfFold'>): Omit<CurvePoint, 'shots'> {
  const outcomes = outcomesOf(assessed);
  return { right: outcomes.filter(isRight).length, n: outcomes.length };
}

/** Answers of splits as rows of a tensor of `shape` [N, …]. @throws when an answer is not finite */
function joined(
  splits: Assessment['splits'],
  answers: readonly Tensor[],
  shape: readonly number[],
): Pick<Assessment, 'tested' | 'outOfFold'> {
  const rows = new Float32Array(sizeOf(shape)).fill(Number.NaN);
  const size = sizeOf(shape.slice(1));
  splits.forEach(({ test }, fold) => {
    const values = answers[fold]?.data ?? new Float32Array();
    if (firstNotFinite(values) >= 0)
      throw new Error('Expected finite predictions of the examples that were left out');
    test.forEach((row, i) => {
      rows.set(values.subarray(i * size, (i + 1) * size), row * size);
    });
  });
  const tested = splits.flatMap(({ test }) => test).sort((a, b) => a - b);
  return { tested, outOfFold: { shape, data: rows } };
}
