import { type Static, Type } from 'typebox';
import { DTYPES } from '../../service/inputs/element-types.ts';
import type { RawInput } from '../../service/inputs/raw-input.ts';
import { closed, oneOf } from './shape.ts';

const File = Type.String({
  description:
    'For packages whose input is a picture: a PNG, JPEG or WebP file in base64, alone or as a data URL. Line breaks, the letters of URLs (`-` and `_`) and missing padding are taken. A picture has at most 16,777,216 pixels, or 67,108,864 in a JPEG that is not progressive, and 65,535 on a side (settings `MAX_PICTURE_PIXELS` and `MAX_JPEG_PIXELS`). Packages for drawings convert any ink on any paper to black on white, and refuse a picture of one colour.',
});

const PackedTensor = Type.Object(
  {
    shape: Type.Array(Type.Integer({ minimum: 1 }), { maxItems: 4 }),
    dtype: oneOf(DTYPES, {
      description:
        'For pictures `uint8` is divided by 255 and other numbers must lie in 0…1. Packages for drawings take ink as 1 and paper as 0; the service puts the polarity of `uint8` drawings right and leaves that of other numbers. Other packages take values as they are.',
    }),
    data: Type.String({ description: 'base64 of the values, little-endian, in row-major order' }),
  },
  closed,
);

/** The input of one example, in one of its forms. The service checks its numbers against the package. */
export const Input = Type.Union([File, PackedTensor, Type.Array(Type.Unknown()), Type.Number()], {
  description: "numbers nested in the package's input shape, a packed tensor, or a picture in base64",
});

export function toRawInput(input: Static<typeof Input>): RawInput {
  if (typeof input === 'string') return { kind: 'text', text: input };
  if (typeof input === 'object' && !Array.isArray(input)) return { kind: 'packed', ...input };
  return { kind: 'nested', value: input };
}
