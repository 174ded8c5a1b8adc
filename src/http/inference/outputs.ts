import type { Static } from 'typebox';
import { likeliest } from '../../domain/trust/softmax.ts';
import { describe } from '../../service/inputs/invalid-input.ts';
import type { AdaptedModel, Answers } from '../../service/service.ts';
import type { InferenceOutput, InferenceRequest, TensorMetadata } from '../schemas/inference.ts';
import { join, joinByteStrings } from './binary-framing.ts';
import { refuse } from './errors.ts';

/** An output tensor before it is written, as JSON or in binary form. */
export interface OutputTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array | readonly string[];
  readonly binary: boolean;
}

type Make = (answers: Answers, classes: readonly string[]) => Pick<OutputTensor, 'shape' | 'values'>;

const numbers: Make = ({ shape, data }) => ({
  shape,
  values: data instanceof Float32Array ? data : new Float32Array(data),
});

const labels: Make = (answers, classes) => ({
  shape: [answers.shape[0] ?? 0],
  values: rowsOf(answers).map((row) => classes[likeliest(row)] ?? ''),
});

/** The `count` likeliest classes of each row, in the format of Triton's classification extension: `0.910000:2:knot`. */
function ranked(count: number): Make {
  return (answers, classes) => {
    const values = rowsOf(answers).flatMap((row) =>
      Array.from(row, (value, index) => ({ value, index }))
        .sort((a, b) => b.value - a.value)
        .slice(0, count)
        .map(({ value, index }) => `${value.toFixed(6)}:${index}:${classes[index]}`),
    );
    return { shape: [answers.shape[0] ?? 0, Math.min(count, classes.length)], values };
  };
}

function rowsOf({ shape, data }: Answers): Answers['data'][] {
  const rows = shape[0] ?? 0;
  const size = data.length / rows;
  return Array.from({ length: rows }, (_, row) => data.subarray(row * size, (row + 1) * size));
}

/** The outputs of a model. A request that names no outputs gets all of them. */
export function describeOutputs({ classes, answerShape }: AdaptedModel): Static<typeof TensorMetadata>[] {
  const shape = [-1, ...answerShape];
  if (classes === null) return [{ name: 'value', datatype: 'FP32', shape }];
  return [
    { name: 'probabilities', datatype: 'FP32', shape },
    { name: 'label', datatype: 'BYTES', shape: [-1] },
  ];
}

/**
 * Checks which outputs the request asks for, before anything is computed. Returns a function that makes those outputs, in
 * the order of the request.
 * @throws InnerloopError `invalid_input`
 */
export function planOutputs(
  { outputs = [], parameters = {} }: Static<typeof InferenceRequest>,
  adapted: AdaptedModel,
): (answers: Answers) => readonly OutputTensor[] {
  const known = describeOutputs(adapted).map(({ name }) => name);
  const asked =
    outputs.length > 0 ? outputs : known.map((name): Static<typeof InferenceOutput> => ({ name }));
  const seen = new Set<string>();
  const plan = asked.map(({ name, parameters: own = {} }, i) => {
    const pointer = `/outputs/${i}`;
    if (!known.includes(name)) throw refuse(`${pointer}/name`, `one of ${known.join(', ')}`, describe(name));
    if (seen.has(name)) throw refuse(`${pointer}/name`, 'each output only once', `${describe(name)} again`);
    seen.add(name);
    const { classification, binary_data: binary = parameters.binary_data_output ?? false } = own;
    if (classification !== undefined && name !== 'probabilities') {
      throw refuse(
        `${pointer}/parameters/classification`,
        'this parameter only for the output probabilities',
        `it for ${name}`,
      );
    }
    const make =
      classification === undefined ? (name === 'label' ? labels : numbers) : ranked(classification);
    return { name, binary, make };
  });
  const classes = adapted.classes ?? [];
  return (answers) => plan.map(({ name, binary, make }) => ({ name, binary, ...make(answers, classes) }));
}

/** The members of an answer before its outputs. */
interface Head {
  readonly model_name: string;
  readonly model_version: string;
  readonly id?: string | undefined;
}

/** Writes an answer: only JSON, or JSON followed by tensors in binary form. */
export function writeResponse(
  { model_name, model_version, id }: Head,
  outputs: readonly OutputTensor[],
): { readonly body: Buffer; readonly headerLength: number | null } {
  const tensors: Uint8Array[] = [];
  const described = outputs.map(({ name, shape, values, binary }) => {
    const numeric = values instanceof Float32Array;
    const datatype = numeric ? 'FP32' : 'BYTES';
    if (!binary) return { name, shape, datatype, data: numeric ? Array.from(values) : values };
    const bytes = numeric
      ? new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
      : joinByteStrings(values);
    tensors.push(bytes);
    return { name, shape, datatype, parameters: { binary_data_size: bytes.length } };
  });
  const json = JSON.stringify({ model_name, model_version, id, outputs: described });
  return tensors.length > 0 ? join(json, tensors) : { body: Buffer.from(json), headerLength: null };
}
