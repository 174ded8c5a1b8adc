import type { OnnxInitializer } from '../../onnx/model.ts';
import { storedBytes, storedTypeOf } from '../../onnx/typed-values.ts';
import { sizeOf } from '../../tensor.ts';
import type { WeightsBeside } from './options.ts';
import { invalidModel } from './read-model.ts';

/**
 * Reads values from the one file beside a model. Values without a length have the bytes that their type and sizes need, as
 * in ONNX Runtime. @throws InnerloopError `invalid_package` for another file or range
 */
export const externalValues =
  (weights: WeightsBeside | undefined) =>
  (initializer: OnnxInitializer): Uint8Array => {
    const { name, external } = initializer;
    const { location = '', offset = 0, length = bytesNeeded(initializer) } = external ?? {};
    if (!weights || location !== weights.name)
      throw invalidModel(
        `values of ${name} inside the model${weights ? ` or in ${weights.name}` : ''}`,
        JSON.stringify(location),
      );
    if (Number.isNaN(offset + length))
      throw invalidModel(
        `values of ${name} in ${location} with a numeric offset and length`,
        'other entries',
      );
    const size = weights.bytes.length;
    const end = offset + length;
    const isWithin =
      Number.isSafeInteger(offset) && Number.isSafeInteger(end) && offset >= 0 && end >= offset;
    if (!isWithin || end > size)
      throw invalidModel(
        `values of ${name} within the ${size} bytes of ${location}`,
        `${length} bytes from ${offset}`,
      );
    return weights.bytes.subarray(offset, end);
  };

/** NaN for types whose values have no fixed width that we know. */
function bytesNeeded({ dataType, dims }: OnnxInitializer): number {
  const stored = storedTypeOf(dataType);
  return stored ? storedBytes[stored] * sizeOf(dims) : Number.NaN;
}
