import { createSharpDecoder } from '../../../src/adapters/sharp/decoder.ts';
import { InnerloopError } from '../../../src/errors.ts';
import { createInputDecoder } from '../../../src/service/inputs/input-decoder.ts';
import type { InputSpec } from '../../../src/service/inputs/input-spec.ts';
import type { RawInput } from '../../../src/service/inputs/raw-input.ts';

export const decode = createInputDecoder(createSharpDecoder());
export const numbers: InputSpec = { reads: 'tensor', shape: [2, 3] };
export const nested = (value: unknown): RawInput => ({ kind: 'json', value });
export const packed = (dtype: string, shape: number[], bytes: ArrayBufferView | string): RawInput => ({
  kind: 'json',
  value: {
    dtype,
    shape,
    data:
      typeof bytes === 'string'
        ? bytes
        : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64'),
  },
});

export async function refusal(raw: RawInput, spec: InputSpec = numbers): Promise<InnerloopError> {
  const error = await decode(raw, spec).catch((reason: unknown) => reason);
  if (!(error instanceof InnerloopError)) throw new Error(`Expected a refusal, got ${String(error)}`);
  return error;
}
