import type { Static } from 'typebox';
import type { ElementTypeName } from '../../service/inputs/element-types.ts';
import { describe } from '../../service/inputs/invalid-input.ts';
import type { RawInput } from '../../service/inputs/raw-input.ts';
import type { AdaptedModel } from '../../service/service.ts';
import type { Tensor } from '../../tensor.ts';
import { withPlaces } from '../bodies/places.ts';
import { MAX_INPUTS } from '../limits.ts';
import type { InferenceInput } from '../schemas/inference.ts';
import { type Frame, splitByteStrings } from './binary-framing.ts';
import { refuse } from './errors.ts';

/** The name of the only input. The ONNX programs of packages use the same name. */
export const INPUT = 'x';

const AT = '/inputs/0';
const whole = { pointerOf: () => AT };
/** JSON pointers to the rows of the input. */
export const rows = { pointerOf: (row: number) => `${AT}/data/${row}` };

/** The protocol's names of element types. BYTES is not listed: its elements are image files, not numbers. */
const datatypes: Readonly<Record<string, ElementTypeName>> = Object.freeze({
  BOOL: 'bool',
  UINT8: 'uint8',
  UINT16: 'uint16',
  UINT32: 'uint32',
  UINT64: 'uint64',
  INT8: 'int8',
  INT16: 'int16',
  INT32: 'int32',
  INT64: 'int64',
  FP16: 'float16',
  FP32: 'float32',
  FP64: 'float64',
});

type Input = Static<typeof InferenceInput>;

/**
 * Reads the network's input from a request, in any form that the protocol allows. Calls `signal` only if there are files
 * to decode.
 * @throws InnerloopError `invalid_input`
 */
export async function readInput(
  inputs: readonly Input[],
  { json, tensors }: Frame,
  adapted: AdaptedModel,
  signal: () => AbortSignal,
): Promise<Tensor> {
  if (json === null) return readRaw(tensors, adapted, signal);
  const [input] = inputs;
  if (!input || inputs.length > 1) throw refuse('/inputs', `one input, ${INPUT}`, `${inputs.length}`);
  if (input.name !== INPUT) throw refuse(`${AT}/name`, JSON.stringify(INPUT), describe(input.name));
  const bytes = binaryPart(input, tensors);
  const { datatype, shape, data = [] } = input;
  if (datatype === 'BYTES') {
    requireShape(input, []);
    const files = bytes ? filesOfBytes(bytes, input) : filesOfJson(input);
    return withPlaces(rows, () => adapted.decode(files, signal()));
  }
  const type = elementTypeOf(input);
  requireShape(input, adapted.input.shape);
  return withPlaces(whole, () => adapted.decodeTensor({ type, shape, values: bytes ?? data }));
}

/** Reads a body that is one input without JSON: a picture file if the package takes pictures, otherwise FP32 numbers. */
function readRaw(body: Buffer, { input, decode, decodeTensor }: AdaptedModel, signal: () => AbortSignal) {
  const { shape, reads } = input;
  return withPlaces(whole, () =>
    reads === 'image'
      ? decode([{ kind: 'file', file: body }], signal())
      : decodeTensor({ type: 'float32', shape: [1, ...shape], values: body }),
  );
}

/** The bytes after the JSON part, all of which must belong to this input; null if its values are in the JSON part. */
function binaryPart({ data, parameters = {} }: Input, tensors: Buffer): Buffer | null {
  const { binary_data_size: size } = parameters;
  if (size === undefined && data === undefined) {
    throw refuse(`${AT}/data`, 'data or the parameter binary_data_size', 'neither');
  }
  if (size !== undefined && data !== undefined) {
    throw refuse(`${AT}/data`, 'either data or the parameter binary_data_size', 'both');
  }
  if ((size ?? 0) !== tensors.length) {
    throw refuse(AT, `${size ?? 0} bytes after the JSON part`, `${tensors.length}`);
  }
  return size === undefined ? null : tensors;
}

function elementTypeOf({ datatype }: Input): ElementTypeName {
  const found = Object.hasOwn(datatypes, datatype) ? datatypes[datatype] : undefined;
  if (found) return found;
  const names = [...Object.keys(datatypes), 'BYTES'].join(', ');
  throw refuse(`${AT}/datatype`, `one of ${names}`, describe(datatype));
}

function requireShape({ shape }: Input, row: readonly number[]): void {
  const [, ...rest] = shape;
  if (shape.length === row.length + 1 && rest.every((dim, i) => dim === row[i])) return;
  throw refuse(`${AT}/shape`, `[${[-1, ...row].join(', ')}]`, `[${shape.join(', ')}]`);
}

function filesOfBytes(bytes: Buffer, { shape: [count = 0] }: Input): RawInput[] {
  if (count > MAX_INPUTS) throw refuse(`${AT}/shape`, `at most ${MAX_INPUTS} elements`, `${count}`);
  return splitByteStrings(bytes, count, AT).map((file) => ({ kind: 'file', file }));
}

/** JSON cannot hold bytes, so each file is base64 text, with or without a data URL around it. */
function filesOfJson({ shape: [count = 0], data = [] }: Input): RawInput[] {
  if (data.length !== count)
    throw refuse(`${AT}/data`, `${count} elements (from the shape)`, `${data.length}`);
  return data.map((text, i) => {
    if (typeof text !== 'string') throw refuse(rows.pointerOf(i), 'a file in base64', describe(text));
    return { kind: 'json', value: text };
  });
}
