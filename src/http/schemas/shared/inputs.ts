import { type Static, Type } from 'typebox';
import { DTYPES } from '../../../service/inputs/numbers/element-types.ts';
import type { RawInput } from '../../../service/inputs/raw-input.ts';
import { closed, mapOf, oneOf } from './shape.ts';

const File = Type.String({
  description:
    'For packages whose input is a picture: a PNG, JPEG or WebP file in base64, with or without a data URL around it. Line breaks, missing padding and URL-safe base64 (`-` and `_`) are allowed. A picture may have at most 16,777,216 pixels (a JPEG that is not progressive: 67,108,864), and at most 65,535 on each side. The operator can change the pixel limits (`MAX_PICTURE_PIXELS` and `MAX_JPEG_PIXELS`). Packages for drawings convert any ink on any paper to black on white, and refuse a picture of only one colour.',
});

const PackedTensor = Type.Object(
  {
    shape: Type.Array(Type.Integer({ minimum: 1 }), {
      maxItems: 4,
      description: 'The sizes of the dimensions.',
    }),
    dtype: oneOf(DTYPES, {
      description:
        'The type of the values. For pictures, `uint8` values are divided by 255, and values of other types must be from 0 to 1. Packages for drawings expect ink as 1 and paper as 0: the service inverts `uint8` drawings if necessary, but not drawings in other types. Packages for other inputs use the values unchanged.',
    }),
    data: Type.String({ description: 'The values in little-endian bytes and row-major order, as base64.' }),
  },
  {
    ...closed,
    title: 'PackedTensor',
    description: 'Numbers as bytes in base64, which is shorter than nested arrays.',
  },
);

const Text = Type.Object(
  { text: Type.String({ description: 'The text.' }) },
  { title: 'TextInput', ...closed, description: 'A text. Packages for texts also take the string itself.' },
);
const FileInput = Type.Object(
  { file: Type.String({ description: 'The file, in base64 or as a data URL.' }) },
  {
    title: 'FileInput',
    ...closed,
    description:
      'A picture or a sound, in base64 or as a data URL. Packages for these also take the string itself.',
  },
);
const Row = mapOf(Type.Unknown(), {
  description:
    'For packages that read rows of a table: the cells by the name of their column, or an array of cells. A cell is a number, a text, true, false or null (no value).',
});

/** One input, in any form that JSON allows. Its meaning depends on the package, so the service checks it. */
export const Input = Type.Union(
  [Text, FileInput, PackedTensor, Row, File, Type.Array(Type.Unknown()), Type.Number()],
  {
    title: 'Input',
    'x-accepts': ['object', 'array', 'string', 'number'],
    'x-expected':
      "a text, a picture or a sound in base64, a row of a table, numbers in nested arrays of the package's input shape, or a packed tensor",
    description:
      'One input: a text, a picture or a sound, a row of a table, or numbers. The package of the task determines which of these it reads.',
  },
);

export function toRawInput(input: Static<typeof Input>): RawInput {
  return { kind: 'json', value: input };
}

/** Whether decoding the input may take long: that of a file or a text. */
export function mayBeFile(input: Static<typeof Input>): boolean {
  if (typeof input !== 'object' || input === null) return typeof input === 'string';
  return Object.hasOwn(input, 'file') || Object.hasOwn(input, 'text');
}
