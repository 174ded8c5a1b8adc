import { conv } from '../../src/graph/ops/index.ts';
import type { Value } from '../../src/graph/value.ts';
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

export const convolution: readonly Case[] = geometries.flatMap(({ x, w, ...options }): Case[] => [
  { shapes: [x, w], build: (a, b) => conv(a, b, undefined, options) },
  { shapes: [x, w, [w[0]]], build: (a, b, bias) => conv(a, b, bias, options) },
]);

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
