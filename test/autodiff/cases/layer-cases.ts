import { averagePool, conv, maxPool, pad } from '../../../src/graph/ops/index.ts';
import type { Value } from '../../../src/graph/value.ts';
import type { Case } from './case.ts';
import { lastOf, lstm, nested, rows, running } from './recurrences.ts';

/** The geometries in which convolutions are differentiated: input, filters, options. */
const geometries = [
  { x: [1, 2, 4, 5], w: [3, 2, 3, 2] },
  { x: [2, 1, 4, 4], w: [2, 1, 1, 1], strides: [2, 2] },
  { x: ['N', 2, 5, 4], w: [2, 2, 3, 3], strides: [2, 2], pads: [1, 1, 1, 1] },
  { x: [1, 1, 4, 5], w: [2, 1, 2, 3], pads: [1, 0, 2, 1] },
  { x: [1, 2, 5, 4], w: [1, 2, 2, 2], dilations: [3, 2] },
  { x: ['N', 4, 3, 3], w: [4, 2, 2, 2], group: 2 },
  { x: [1, 3, 3, 3], w: [3, 1, 2, 2], group: 3 },
  // Enough channels for im2col by gathering pixels.
  { x: [2, 16, 2, 2], w: [1, 16, 2, 2], pads: [1, 0, 0, 1], strides: [2, 1] },
  // No tap reads the last rows and columns, so the transpose needs an output padding.
  { x: [1, 1, 6, 7], w: [1, 1, 2, 2], strides: [3, 4] },
  { x: ['N', 2, 5, 6], w: [4, 1, 2, 3], strides: [2, 3], pads: [1, 2, 0, 1], dilations: [2, 1], group: 2 },
] as const;

/** Convolutions of one spatial axis. */
const rowGeometries = [
  { x: ['N', 2, 5], w: [3, 2, 3], pads: [1, 0], strides: [2], dilations: [1] },
  { x: [1, 4, 6], w: [4, 1, 2], group: 4, dilations: [2] },
] as const;

/** Windows: that tile, overlap, leave a rest, reach past the end, and skip elements. */
const windows = [
  { x: ['N', 2, 4, 4], kernel: [2, 2], strides: [2, 2] },
  { x: [1, 1, 5, 7], kernel: [2, 3], strides: [2, 3] },
  { x: ['N', 1, 5, 5], kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] },
  { x: [2, 1, 4, 3], kernel: [2, 2] },
  { x: [1, 2, 5, 4], kernel: [3, 2], strides: [2, 1], pads: [0, 1, 2, 0] },
  { x: [1, 1, 6, 6], kernel: [3, 3], strides: [2, 2], pads: [0, 1, 0, 1], ceilMode: true },
  { x: [1, 1, 7, 3], kernel: [2, 1], strides: [3, 2], ceilMode: true },
  { x: ['N', 2, 3, 2], kernel: [3, 2] },
  { x: ['N', 2, 7], kernel: [3], strides: [2], pads: [1, 0] },
] as const;

export const maximum: readonly Case[] = [
  ...windows.map(({ x, kernel, ...options }) => ({
    shapes: [x],
    build: (a: Value) => maxPool(a, kernel, options),
  })),
  {
    shapes: [[1, 1, 7, 6]],
    build: (a) => maxPool(a, [2, 3], { dilations: [3, 2], strides: [2, 1], pads: [1, 0, 0, 1] }),
  },
  // Zeros that are part of the input are larger than its negative elements.
  { shapes: [['N', 1, 3, 3]], build: (a) => maxPool(pad(a, [0, 0, 1, 1, 0, 0, 2, 1]), [2, 3]) },
];

export const average: readonly Case[] = windows
  .flatMap(({ x, kernel, ...options }): Case[] =>
    [true, false].map((countIncludePad) => ({
      shapes: [x],
      build: (a: Value) => averagePool(a, kernel, { ...options, countIncludePad }),
    })),
  )
  .concat([
    { shapes: [['N', 1, 3, 3]], build: (a) => averagePool(pad(a, [0, 0, 1, 1, 0, 0, 2, 3]), [2, 3]) },
  ]);

export const convolution: readonly Case[] = [...geometries, ...rowGeometries].flatMap(
  ({ x, w, ...options }): Case[] => [
    { shapes: [x, w], build: (a, b) => conv(a, b, undefined, options) },
    { shapes: [x, w, [w[0]]], build: (a, b, bias) => conv(a, b, bias, options) },
  ],
);

/** The same geometries for the adjoints of the convolution. */
export const adjoints = (
  op: (x: Value, w: Value, y: Value, options: Parameters<typeof conv>[3]) => Value,
): readonly Case[] =>
  geometries.map(({ x, w, ...options }) => ({
    shapes: [x, w],
    build: (a, b) => op(a, b, conv(a, b, undefined, options), options),
  }));

export const recurrence: readonly Case[] = [
  { shapes: [['N', 2], [2], []], build: lastOf },
  { shapes: [[1, 2], [2], [2]], build: lastOf },
  { shapes: [['N', 2], ['N'], []], build: running },
  {
    shapes: [
      ['N', 2],
      [2, 8],
      [2, 8],
    ],
    build: (x, inward, across) => lstm(x, inward, across),
  },
  {
    shapes: [
      [3, 1],
      [1, 8],
      [2, 8],
    ],
    build: (x, inward, across) => lstm(x, inward, across, true),
  },
  {
    shapes: [
      ['N', 2],
      [2, 3],
    ],
    build: rows,
  },
  { shapes: [['N', 3], ['M', 3], [3]], build: nested },
];
