import type { Adaptation } from '../../domain/adaptation.ts';
import type { Manifest } from '../../package/manifest.ts';
import type { Tensor } from '../../tensor.ts';
import type { InputSpec } from '../inputs/input-spec.ts';
import type { RawInput } from '../inputs/raw-input.ts';

/** One answer that is to be explained. */
export interface Answered {
  readonly adaptation: Adaptation;
  readonly manifest: Manifest;
  readonly spec: InputSpec;
  readonly raw: RawInput;
  /** [1, …input] */
  readonly x: Tensor;
  /** The likeliest label and its place among the classes. Null for regression. */
  readonly answer: { readonly label: string; readonly index: number } | null;
  /** The probability of the label, or the first number, of inputs as a caller sends them; NaN for those that show nothing. */
  ask(inputs: readonly RawInput[]): Promise<Float64Array>;
  /** The same of x [B, …input]. */
  askRows(x: Tensor): Promise<Float64Array>;
  readonly signal: AbortSignal;
}
