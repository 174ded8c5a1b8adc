import { joinByteStrings } from './byte-strings.ts';
import { join } from './framing.ts';
import type { OutputTensor } from './outputs.ts';

/** The members of an answer before its outputs. */
interface Head {
  readonly model_name: string;
  readonly model_version: string;
  readonly id?: string | undefined;
}

/** Writes an answer: only JSON, or JSON followed by tensors in binary form. */
export function writeResponse(
  head: Head,
  outputs: readonly OutputTensor[],
): { readonly body: Buffer; readonly headerLength: number | null } {
  const tensors: Uint8Array[] = [];
  const described = outputs.map(({ name, shape, values, binary }) => {
    const numeric = values instanceof Float32Array;
    const tensor = { name, shape, datatype: numeric ? 'FP32' : 'BYTES' };
    if (!binary) return { ...tensor, data: numeric ? Array.from(values) : values };
    const bytes = numeric
      ? new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
      : joinByteStrings(values);
    tensors.push(bytes);
    return { ...tensor, parameters: { binary_data_size: bytes.length } };
  });
  const json = JSON.stringify({ ...head, outputs: described });
  return tensors.length > 0 ? join(json, tensors) : { body: Buffer.from(json), headerLength: null };
}
