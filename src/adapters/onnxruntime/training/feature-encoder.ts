import type { Content } from '../../../domain/content.ts';
import type { Encoder } from '../../../package/encoder/encoder.ts';
import type { ContentDecoder } from '../../../ports/content-decoder.ts';
import type { FeatureEncoder } from '../../../ports/training-runtime.ts';
import { mapTensors } from '../../../tensor.ts';
import { compile } from '../threads/session.ts';

/**
 * An encoder for training, on the calling thread: contents are prepared by the decoder at the same time, and embedded one
 * after the other.
 */
export async function openFeatureEncoder(
  encoder: Encoder,
  decoder: Pick<ContentDecoder, 'prepare'>,
  threads: number,
): Promise<FeatureEncoder> {
  const session = await compile(encoder.program, { threads, weightsFolder: encoder.folder });
  return {
    manifest: encoder.manifest,
    async embed(content: Content) {
      const { inputs } = await decoder.prepare(content, encoder);
      const batch = mapTensors(inputs, ({ shape, data }) => ({ shape: [1, ...shape], data }));
      const { features } = await session.run(batch);
      if (!features) throw new RangeError('Expected an output features of the encoder, got none');
      return { shape: features.shape.slice(1), data: features.data };
    },
  };
}
