import type { Static } from 'typebox';
import type { ElementTypeName } from '../../service/inputs/element-types.ts';
import { describe } from '../../service/inputs/invalid-input.ts';
import type { RawInput } from '../../service/inputs/raw-input.ts';
import type { AdaptedModel } from '../../service/service.ts';
import type { Tensor } from '../../tensor.ts';
import { withPlaces } from '../bodies/places.ts';
import type { InferenceInput } from '../schemas/inference.ts';
import { splitByteStrings } from './byte-strings.ts';
import { refuse } from './errors.ts';
import type { Frame } from './framing.ts';

/** The name of the one input, that of the programs. */
export const INPUT = 'x';

const AT = '/inputs/0';
const whole = { pointerOf: () => AT };
/** Where a row of the input is. */
export const rows = { pointerOf: (row: number) => `${AT}/data/${row}` };

/** The protocol's names of element types. BYTES is none of them: its elements are files. */
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
 * The network's input from that of a request, in any of its forms. `signal` is asked for where there are files to decode.
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

/** The body is a batch of one: a picture where the package takes pictures, numbers of FP32 where it takes numbers. */
function readRaw(body: Buffer, { input, decode, decodeTensor }: AdaptedModel, signal: () => AbortSignal) {
  const { shape, preprocessing } = input;
  return withPlaces(whole, () =>
    preprocessing.kind === 'image'
      ? decode([{ kind: 'file', file: body }], signal())
      : decodeTensor({ type: 'float32', shape: [1, ...shape], values: body }),
  );
}

/** What follows the JSON is this input's, all of it, or there is nothing; null where the values are in the JSON. */
function binaryPart({ data, parameters = {} }: Input, tensors: Buffer): Buffer | null {
  const { binary_data_size: size } = parameters;
  if (size === undefined && data === undefined) {
    throw refuse(`${AT}/data`, 'data, or the parameter binary_data_size', 'neither');
  }
  if (size !== undefined && data !== undefined) {
    throw refuse(`${AT}/data`, 'no data beside the parameter binary_data_size', 'both');
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
  return splitByteStrings(bytes, count, AT).map((file) => ({ kind: 'file', file }));
}

/** JSON has no bytes: base64 stands for them, alone or as a data URL. */
function filesOfJson({ shape: [count = 0], data = [] }: Input): RawInput[] {
  if (data.length !== count)
    throw refuse(`${AT}/data`, `${count} elements, as the shape says`, `${data.length}`);
  return data.map((text, i) => {
    if (typeof text !== 'string') throw refuse(rows.pointerOf(i), 'a file in base64', describe(text));
    return { kind: 'text', text };
  });
}
