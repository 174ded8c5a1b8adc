import { type Static, Type } from 'typebox';
import { InnerloopError } from '../../errors.ts';
import { describe } from '../../service/inputs/describe.ts';
import { DTYPES, fromBase64 } from '../../service/inputs/inputs.ts';
import type { RawInput } from '../../service/service.ts';
import { closed, oneOf } from './shape.ts';

const ImageUrl = Type.String({
  pattern: '^data:[^,]{0,256};base64,',
  description: 'A PNG, JPEG or WebP file as a data URL, for packages whose input is an image.',
});

const PackedTensor = Type.Object(
  {
    shape: Type.Array(Type.Integer({ minimum: 1 }), { maxItems: 4 }),
    dtype: oneOf(DTYPES),
    data: Type.String({ description: 'base64 of the values, little-endian, in row-major order' }),
  },
  closed,
);

/** The input of one example, in one of three forms. The service checks its numbers against the package. */
export const Input = Type.Union([ImageUrl, PackedTensor, Type.Array(Type.Unknown()), Type.Number()], {
  description:
    "numbers nested in the package's input shape, a packed tensor, or an image as a base64 data URL",
});

/** @throws InnerloopError `invalid_input` when a data URL does not hold base64. */
export function toRawInput(input: Static<typeof Input>, pointer: string): RawInput {
  if (typeof input === 'string') {
    const data = input.slice(input.indexOf(',') + 1);
    const file = fromBase64(data);
    if (file) return { kind: 'image', file };
    const [expected, got] = ['base64 after the comma', describe(data)];
    throw new InnerloopError('invalid_input', `Expected ${expected} at ${pointer}, got ${got}`, {
      pointer,
      expected,
      got,
    });
  }
  if (typeof input === 'object' && !Array.isArray(input)) return { kind: 'packed', ...input };
  return { kind: 'nested', value: input };
}
