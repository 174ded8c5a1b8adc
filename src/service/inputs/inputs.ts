import type { ImageDecoder } from '../../ports/image-decoder.ts';
import { DTYPES } from './element-types.ts';
import { decodeBase64, fileOfText, isDataUrl } from './files.ts';
import { describe, invalidInput } from './invalid-input.ts';
import { decodeNested, decodeTensor } from './numbers.ts';
import type { DecodeInput, InputSpec, RawInput } from './raw-input.ts';

/**
 * Makes a decoder from the inputs of requests, in any form, to the network's tensors. Nothing is repaired: a value that is
 * not a finite float32, or that is not where the shape expects one, is refused.
 */
export function createInputDecoder(images: ImageDecoder): DecodeInput {
  return async (raw, spec, takePixels) => {
    if (raw.kind === 'nested') return decodeNested(raw.value, spec);
    if (raw.kind === 'packed') return decodePacked(raw, spec);
    const { preprocessing } = spec;
    if (preprocessing.kind !== 'image') throw noFileExpected(raw, spec);
    const file = raw.kind === 'file' ? raw.file : fileOfText(raw.text);
    return images.decode(file, preprocessing, takePixels);
  };
}

function decodePacked({ shape, dtype, data }: Extract<RawInput, { kind: 'packed' }>, spec: InputSpec) {
  if (shape.length !== spec.shape.length || shape.some((dim, i) => dim !== spec.shape[i])) {
    throw invalidInput('/shape', `[${spec.shape.join(', ')}]`, `[${shape.join(', ')}]`);
  }
  const type = DTYPES.find((name) => name === dtype);
  if (!type) throw invalidInput('/dtype', `one of ${DTYPES.join(', ')}`, describe(dtype));
  return decodeTensor({ type, shape: spec.shape, values: decodeBase64(data, '/data', 'base64') }, spec);
}

function noFileExpected(raw: Extract<RawInput, { kind: 'text' | 'file' }>, { shape }: InputSpec) {
  const isFile = raw.kind === 'file' || isDataUrl(raw.text);
  return invalidInput('', `numbers of shape [${shape.join(', ')}]`, isFile ? 'a file' : describe(raw.text));
}
