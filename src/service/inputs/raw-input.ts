import type { Tensor } from '../../tensor.ts';
import type { InputSpec } from './input-spec.ts';
import type { ElementTypeName } from './numbers/element-types.ts';
import type { TakePixels } from './pixel-budget.ts';

/** The numbers of a request in row-major order: little-endian bytes, or JSON (nested arrays of the shape, or one flat array). */
export interface RawTensor {
  readonly type: ElementTypeName;
  readonly shape: readonly number[];
  readonly values: Uint8Array | readonly unknown[];
}

/** One input of a request, from JSON, a form, a table or the inference protocol. `contentOf` reads it. */
export type RawInput =
  /** A JSON value. Its meaning depends on what the package reads. */
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'row'; readonly row: unknown }
  | { readonly kind: 'file'; readonly file: Uint8Array };

/**
 * Decodes one input to the network's tensor. The pointers of its errors are relative to the input.
 * @throws InnerloopError `invalid_input`, `invalid_image`
 */
export type DecodeInput = (raw: RawInput, spec: InputSpec, takePixels?: TakePixels) => Promise<Tensor>;
