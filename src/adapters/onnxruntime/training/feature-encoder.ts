// Keep first: it must run before the library loads.
import '../threads/no-telemetry.ts';
import { join } from 'node:path';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import type { Content } from '../../../domain/content.ts';
import type { Encoder } from '../../../package/encoder/encoder.ts';
import type { ContentDecoder } from '../../../ports/content-decoder.ts';
import type { FeatureEncoder } from '../../../ports/training-runtime.ts';

/**
 * An encoder for training, on the calling thread: contents are prepared by the decoder at the same time, and embedded one
 * after the other.
 */
export async function openFeatureEncoder(
  encoder: Encoder,
  decoder: Pick<ContentDecoder, 'prepare'>,
  threads: number,
): Promise<FeatureEncoder> {
  // From a path, the runtime maps the weights beside the program.
  const session = await InferenceSession.create(join(encoder.folder, 'embed.onnx'), {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: 4,
  });
  return {
    manifest: encoder.manifest,
    async embed(content: Content) {
      const { inputs } = await decoder.prepare(content, encoder);
      const feeds = Object.entries(inputs).map(([name, { shape, data }]) => [
        name,
        new OrtTensor('float32', data, [1, ...shape]),
      ]);
      const { features } = await session.run(Object.fromEntries(feeds));
      const data = features?.data;
      if (!(data instanceof Float32Array)) throw new TypeError('Expected float32 features');
      return { shape: [data.length], data };
    },
  };
}
