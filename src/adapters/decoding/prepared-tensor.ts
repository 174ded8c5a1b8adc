import type { Content } from '../../domain/content.ts';
import { tensorOf } from '../../domain/tensor-content.ts';
import { InnerloopError } from '../../errors.ts';
import type { Encoder } from '../../package/encoder/encoder.ts';
import type { ImagePreparation } from '../../package/encoder/preparation.ts';
import type { Prepared } from '../../ports/content-decoder.ts';
import { sizeOf, type Tensor } from '../../tensor.ts';

/**
 * Numbers as the one input of an encoder. Those of a picture are from 0 to 1, in the order of the encoder's channels, and
 * are normalised; others stay as they are. The values are copied, because the embedder moves its inputs to a thread.
 * @throws InnerloopError `invalid_input` for another number of values
 */
export function preparedTensor(
  content: Content,
  { manifest: { inputs, preparation, name } }: Encoder,
): Prepared {
  const [only] = inputs;
  if (!only || inputs.length > 1) throw new RangeError('Expected an encoder of one input');
  const shape = only.shape.map(Number);
  const [expected, got] = [sizeOf(shape), content.bytes.length / Float32Array.BYTES_PER_ELEMENT];
  if (expected !== got) {
    const wanted = `${expected} numbers, of shape [${shape.join(', ')}]`;
    throw new InnerloopError('invalid_input', `Expected ${wanted} for ${name}, got ${got}`, {
      expected: wanted,
      got: String(got),
    });
  }
  const values = tensorOf({ ...content, bytes: Uint8Array.from(content.bytes) }, shape);
  if (preparation.kind === 'image') normalise(values, preparation);
  return { inputs: { [only.name]: values }, warnings: [] };
}

/** In place. [channels, height, width] */
function normalise({ data }: Tensor, { mean, deviation, range = 1 }: ImagePreparation): void {
  const area = data.length / mean.length;
  for (let c = 0; c < mean.length; c++) {
    const [from, scale] = [mean[c] as number, deviation[c] as number];
    for (let i = c * area; i < (c + 1) * area; i++) data[i] = ((data[i] as number) * range - from) / scale;
  }
}
