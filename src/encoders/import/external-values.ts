import type { OnnxInitializer } from '../../onnx/model.ts';
import type { WeightsBeside } from './options.ts';
import { invalidModel } from './read-model.ts';

/** Reads values from the one file beside a model. @throws InnerloopError `invalid_package` for another file or range */
export const externalValues =
  (weights: WeightsBeside | undefined) =>
  ({ name, external }: OnnxInitializer): Uint8Array => {
    const { location = '', offset = 0, length } = external ?? {};
    if (!weights || location !== weights.name)
      throw invalidModel(
        `values of ${name} inside the model${weights ? ` or in ${weights.name}` : ''}`,
        JSON.stringify(location),
      );
    if (Number.isNaN(offset + (length ?? 0)))
      throw invalidModel(
        `values of ${name} whose place in ${location} is an offset and a length alone`,
        'other entries or no numbers',
      );
    const size = weights.bytes.length;
    const end = length === undefined ? size : offset + length;
    const isWithin =
      Number.isSafeInteger(offset) && Number.isSafeInteger(end) && offset >= 0 && end >= offset;
    if (!isWithin || end > size)
      throw invalidModel(
        `values of ${name} within the ${size} bytes of ${location}`,
        `${length ?? 'the'} bytes from ${offset}`,
      );
    return weights.bytes.subarray(offset, end);
  };
