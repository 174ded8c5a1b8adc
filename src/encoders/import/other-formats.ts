/** The first bytes of files that hold weights or code, and no network that could be read. */
const FORMATS: readonly (readonly [name: string, isOne: (bytes: Uint8Array) => boolean])[] = [
  ['an archive (.pt of PyTorch, .keras)', (bytes) => startsWith(bytes, [0x50, 0x4b, 3, 4])],
  [
    'a pickle (.pt or .pkl of Python)',
    ([first, version = 0]) => first === 0x80 && version >= 2 && version <= 5,
  ],
  ['HDF5 (.h5 of Keras)', (bytes) => startsWith(bytes, [0x89, 0x48, 0x44, 0x46])],
  // The length of a header in 8 bytes, then its JSON.
  ['a .safetensors file, which has weights alone', (bytes) => bytes[8] === 0x7b && bytes[7] === 0],
];

const startsWith = (bytes: Uint8Array, start: readonly number[]) =>
  start.every((each, i) => bytes[i] === each);

/** The format of a file that is no model but often given as one. */
export const otherFormatOf = (bytes: Uint8Array): string | undefined =>
  FORMATS.find(([, isOne]) => isOne(bytes))?.[0];
