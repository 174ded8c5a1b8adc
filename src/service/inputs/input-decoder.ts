import { tensorOf } from '../../domain/tensor-content.ts';
import type { ImageDecoder } from '../../ports/image-decoder.ts';
import { contentOf } from './content.ts';
import type { DecodeInput } from './raw-input.ts';

/** Makes a decoder from the inputs of requests to the tensors of networks that have no encoder. */
export function createInputDecoder(images: ImageDecoder): DecodeInput {
  return async (raw, spec, takePixels) => {
    const content = contentOf(raw, spec);
    if (content.kind === 'tensor') return tensorOf(content, spec.shape);
    if (!spec.preprocessing) throw new Error(`Expected a package without an encoder, got ${content.kind}`);
    return images.decode(content.bytes, spec.preprocessing, takePixels);
  };
}
