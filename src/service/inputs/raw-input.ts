import type { Manifest } from '../../package/manifest.ts';
import type { Tensor } from '../../tensor.ts';
import type { ElementTypeName } from './element-types.ts';
import type { TakePixels } from './pixel-budget.ts';

export type InputSpec = Manifest['input'];

/** The numbers of a request in row-major order: little-endian bytes, or JSON (nested arrays of the shape, or one flat array). */
export interface RawTensor {
  readonly type: ElementTypeName;
  readonly shape: readonly number[];
  readonly values: Uint8Array | readonly unknown[];
}

/** One input of a request, from JSON, a form or the inference protocol. */
export type RawInput =
  | { readonly kind: 'nested'; readonly value: unknown }
  /** A tensor in JSON: `data` is base64. */
  | {
      readonly kind: 'packed';
      readonly shape: readonly number[];
      readonly dtype: string;
      readonly data: string;
    }
  /** A JSON string. Packages for pictures read it as a file in base64; other packages refuse it. */
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'file'; readonly file: Uint8Array };

/**
 * Decodes one input to the network's tensor. The pointers of its errors are relative to the input.
 * @throws InnerloopError `invalid_input`, `invalid_image`
 */
export type DecodeInput = (raw: RawInput, spec: InputSpec, takePixels?: TakePixels) => Promise<Tensor>;
