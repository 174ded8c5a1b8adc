import type { Items } from '../../concurrency/limit.ts';
import type { Facts } from '../../domain/drift/facts.ts';
import type { Explanation } from '../../domain/explaining/explanation.ts';
import type { Column } from '../../domain/rows/columns.ts';
import type { KeptPredictions, PredictionDefaults } from '../../domain/task-settings.ts';
import type { Confidence } from '../../domain/trust/confidence.ts';
import type { LabelSet } from '../../domain/trust/conformal.ts';
import type { Reason } from '../../domain/trust/novelty/rejection.ts';
import type { Warning } from '../../domain/warning.ts';
import type { PredictionTimings } from '../../ports/program-runner.ts';
import type { Tensor } from '../../tensor.ts';
import type { InputSpec } from '../inputs/input-spec.ts';
import type { RawInput, RawTensor } from '../inputs/raw-input.ts';

/** The answer to one input. */
export interface Prediction {
  /** Present if the prediction is kept. */
  readonly id?: string;
  /** Warnings about the input. Their pointers are relative to the input. */
  readonly warnings?: readonly Warning[];
  /** Null if the answer is "none of these" (option `reject`); `reason` says why, and `best` is the likeliest label. */
  readonly label?: string | null;
  readonly reason?: Reason;
  readonly best?: string;
  /** 0…1: about the share of inputs like the examples that are less novel. Null if it is not known. */
  readonly novelty?: number | null;
  /** By label; sums to 1. */
  readonly probabilities?: Readonly<Record<string, number>>;
  /** For regression: nested numbers of the package's output shape; null with a `reason`. */
  readonly value?: unknown;
  /** Labels of which one is right with the stated probability. */
  readonly set?: LabelSet;
  readonly explanation?: Explanation;
}

/** Options that are absent are those of the task. */
export interface PredictOptions extends PredictionDefaults {
  /** Another adaptation than the current one. */
  readonly adaptation?: string | undefined;
  /** The prediction is not kept, and drift does not count its input. */
  readonly trial?: boolean;
  /** Stops decoding. */
  readonly signal?: AbortSignal | undefined;
}

/** Row-major values of `shape`, as in a `Tensor`. Probabilities have double precision. */
export interface Answers {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array;
}

/** Inputs as the programs of a package read them. */
export interface DecodedInputs {
  /** [B, …input] */
  readonly x: Tensor;
  /** By input. */
  readonly warnings: readonly (readonly Warning[])[];
  /** By input, for a task that is monitored. */
  readonly facts?: readonly Facts[] | undefined;
}

/** A succeeded adaptation, ready for predictions. */
export interface AdaptedModel {
  /** Id of the adaptation. */
  readonly adaptation: string;
  /** Package name and version. */
  readonly model: string;
  readonly input: InputSpec;
  /** For rows: the columns of the support set. Null for other inputs. */
  readonly columns: readonly Column[] | null;
  /** The options of predictions that do not name them. */
  readonly defaults: PredictionDefaults;
  /** How many predictions the task keeps. */
  readonly keep: KeptPredictions | null;
  /** The usual confidence of its answers. Null if it is not known. */
  readonly confidence: Confidence | null;
  /** Shape of the answer to one input: [ways], or the package's output shape. */
  readonly answerShape: readonly number[];
  /** Labels in the order of the probabilities. Null for regression. */
  readonly classes: readonly string[] | null;
  /**
   * Decodes inputs to x [B, …input], until `signal` aborts. Errors contain the number of the input (`item`, from 0).
   * @throws `invalid_input`, `invalid_image`
   */
  decode(inputs: Items<RawInput>, signal?: AbortSignal): Promise<DecodedInputs>;
  /** Decodes one tensor of many rows to x [B, …input]. Errors have `item` 0. @throws `invalid_input` */
  decodeTensor(tensor: RawTensor): Promise<Tensor>;
  /**
   * Probabilities [B, ways], or values [B, …output], of x [B, …input]. The caller must not use x afterwards. Errors
   * contain the number of the row (`item`, from 0). With `isJudged`, also the novelty of each row, if it is known.
   * With `asked`, x counts as input of a monitored task.
   * @throws `invalid_input`
   */
  answer(
    x: Tensor,
    options?: { readonly isJudged?: boolean; readonly asked?: Pick<DecodedInputs, 'facts'> },
  ): Promise<Answers & { readonly novelty: readonly number[] | null; readonly timings: PredictionTimings }>;
  /** Why `input`, whose x is [1, …input], got its answer: the label with this place in `classes`; -1 for regression. */
  explain(input: RawInput, x: Tensor, index: number, signal: AbortSignal): Promise<Explanation>;
}
