import type { Manifest } from '../../package/manifest.ts';
import type { Tensor } from '../../tensor.ts';
import type { ElementTypeName } from './element-types.ts';
import type { TakePixels } from './pixel-budget.ts';

export type InputSpec = Manifest['input'];

/** Numbers as a caller sends them, in row-major order: little-endian bytes, or JSON (nested in the shape, or flat). */
export interface RawTensor {
  readonly type: ElementTypeName;
  readonly shape: readonly number[];
  readonly values: Uint8Array | readonly unknown[];
}

/** One input as a caller may write it, in JSON, in a form or by the inference protocol. */
export type RawInput =
  | { readonly kind: 'nested'; readonly value: unknown }
  /** A tensor in JSON: `data` is base64. */
  | {
      readonly kind: 'packed';
      readonly shape: readonly number[];
      readonly dtype: string;
      readonly data: string;
    }
  /** A JSON string: the package decides what it stands for. */
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'file'; readonly file: Uint8Array };

/**
 * One input as the network's tensor. Pointers of its errors begin at the input.
 * @throws InnerloopError `invalid_input`, `invalid_image`
 */
export type DecodeInput = (raw: RawInput, spec: InputSpec, takePixels?: TakePixels) => Promise<Tensor>;
