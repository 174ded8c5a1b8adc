import type { Split } from '../domain/trust/folds.ts';
import type { Package } from '../package/manifest.ts';
import type { Tensor, Tensors } from '../tensor.ts';

/**
 * Runs the programs of loaded packages. Implementations must pass `test/support/contracts/program-runner.ts`.
 *
 * - Predictions never wait behind an adaptation.
 * - Rows of a prediction are independent: concurrent predictions on one state may share a batch. Each caller gets its
 *   own rows, in order.
 * - A caller must not use a tensor after passing it in. A tensor that it receives is its own.
 */
export interface ProgramRunner extends AsyncDisposable {
  /** The runtime's name for the device, such as `cpu` or `cuda`. Results on different devices differ by rounding. */
  readonly executionProvider: string;

  /** Loads the programs of a package. Idempotent per digest. @throws InnerloopError `invalid_package`. */
  load(pkg: Package): Promise<void>;

  /**
   * Runs `init`, then `step` × `steps`; answers the adapted state. `onStep` receives the loss before each step. When
   * `signal` aborts, the run stops between two steps and rejects with the reason.
   * @throws InnerloopError `adaptation_diverged` when a loss or the final state is not finite.
   */
  adapt(run: AdaptRun): Promise<Tensors>;

  /**
   * Adapts to some of the examples and predicts others, once for each split, as one unit of work. It estimates the quality of
   * an adaptation from its own support set. Answers the logits [test, ways] or values [test, …output] of each split's rows
   * `test`. No state is kept. When `signal` aborts, the run stops between two steps or splits and rejects with the reason.
   * @throws InnerloopError `adaptation_diverged` as `adapt`
   */
  splits(run: SplitsRun): Promise<readonly Tensor[]>;

  /**
   * Logits or values [B, …] of `x` [B, …input] with the state `run.stateId`. The runner keeps states in memory, up to a
   * number of bytes. It calls `loadState` only for a state that is not resident, and once for all concurrent predictions.
   */
  predict(run: PredictRun): Promise<Predicted>;

  /** Drops a resident state. No effect when the state is not resident. */
  forget(stateId: string): Promise<void>;
  /** Whether the state is in memory, so that a prediction needs no `loadState`. */
  isResident(stateId: string): boolean;
}

export interface AdaptRun {
  /** Digest of a loaded package. */
  readonly digest: string;
  readonly x: Tensor;
  /** One-hot rows [N, ways], or targets [N, …output]. */
  readonly y: Tensor;
  readonly steps: number;
  readonly rate: number;
  readonly signal: AbortSignal;
  onStep(loss: number): void;
}

export interface SplitsRun extends Omit<AdaptRun, 'onStep'> {
  /** Row numbers of `x` and `y`. `y` keeps its columns, so `train` has an example of each class. */
  readonly splits: readonly Split[];
}

export interface PredictRun {
  readonly digest: string;
  readonly stateId: string;
  readonly x: Tensor;
  loadState(): Promise<LoadedState>;
}

export interface LoadedState {
  readonly state: Tensors;
  /** The source of the state: the tier of a cache, or `recomputed`. */
  readonly tier: string;
}

export interface Predicted {
  readonly y: Tensor;
  readonly timings: PredictionTimings;
}

/** Durations of the phases of a prediction. */
export interface PredictionTimings {
  /** `memory` for a resident state, otherwise the tier that `loadState` answered. */
  readonly tier: string;
  /** From the call until the state was resident. */
  readonly cacheMs: number;
  /** From that moment until its batch started. */
  readonly queueMs: number;
  /** Computation of the batch. */
  readonly modelMs: number;
}
