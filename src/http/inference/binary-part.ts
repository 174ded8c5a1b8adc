import type { Static } from 'typebox';
import type { InferenceInput } from '../schemas/inference.ts';
import { refuse } from './errors.ts';

/** The bytes of an input after the JSON part; null if its values are in the JSON part. */
export type BinaryPart = Buffer | null;

/**
 * Divides the bytes after the JSON part among the inputs, in their order. All bytes must belong to one.
 * @throws InnerloopError `invalid_input`
 */
export function binaryParts(
  inputs: readonly Static<typeof InferenceInput>[],
  tensors: Buffer,
): readonly BinaryPart[] {
  let at = 0;
  const parts = inputs.map(({ data, parameters = {} }, i) => {
    const { binary_data_size: size } = parameters;
    const place = `/inputs/${i}/data`;
    const either = 'data or the parameter binary_data_size';
    if (size === undefined && data === undefined) throw refuse(place, either, 'neither');
    if (size !== undefined && data !== undefined) throw refuse(place, `either ${either}`, 'both');
    if (size === undefined) return null;
    at += size;
    return tensors.subarray(at - size, at);
  });
  if (at === tensors.length) return parts;
  const place = inputs.length === 1 ? '/inputs/0' : '/inputs';
  throw refuse(place, `${at} bytes after the JSON part`, `${tensors.length}`);
}
