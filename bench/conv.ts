/**
 * Compares formulations of the convolution's weight gradient in ONNX operators on the layers of conv4.
 * Prints milliseconds (median, one thread) and the ratio to the formulation of `src/graph/lowering/conv.ts`.
 */
import { compile, type Session } from '../src/adapters/onnxruntime/threads/session.ts';
import { encodeProgram } from '../src/graph/export/encode.ts';
import {
  concat,
  conv,
  convWeightGradient,
  gemm,
  input,
  pad,
  reshape,
  slice,
  transpose,
} from '../src/graph/ops/index.ts';
import { program } from '../src/graph/program.ts';
import type { Value } from '../src/graph/value.ts';
import { sizeOf, type Tensor } from '../src/tensor.ts';
import { median } from './support/median.ts';

const ROUNDS = 41;
const KERNEL = [3, 3];
const FILTERS = 64;
const TAPS = [0, 1, 2].flatMap((i) => [0, 1, 2].map((j) => [i, j] as const));

const layers = [
  { channels: 1, side: 28 },
  { channels: 64, side: 14 },
  { channels: 64, side: 7 },
  { channels: 64, side: 4 },
];
const batches = [5, 25, 100];

type Formulation = (x: Value, dy: Value) => Value;

const dims = ({ shape }: Value) => shape.map(Number) as [number, number, number, number];

/** The part of x that tap (i, j) reads: [n, oh, ow, c]. */
function tapsOf(x: Value, dy: Value): Value[] {
  const [, , oh, ow] = dims(dy);
  const last = pad(transpose(x, [0, 2, 3, 1]), [0, 1, 1, 0, 0, 1, 1, 0]);
  return TAPS.map(([i, j]) =>
    slice(last, [
      { axis: 1, start: i, end: i + 2 * (oh - 1) + 1, step: 2 },
      { axis: 2, start: j, end: j + 2 * (ow - 1) + 1, step: 2 },
    ]),
  );
}

/** [n, h, w, c] → [n·h·w, c]. */
const rowsOf = (x: Value): Value => {
  const [n, h, w, c] = dims(x);
  return reshape(x, [n * h * w, c]);
};

/** [n, c, h, w] → [c, n·h·w]. */
const columnsOf = (x: Value): Value => {
  const [n, c, h, w] = dims(x);
  return reshape(transpose(x, [1, 0, 2, 3]), [c, n * h * w]);
};

const formulations: Readonly<Record<string, Formulation>> = {
  lowered: (x, dy) => convWeightGradient(x, dy, KERNEL, { strides: [2, 2], pads: [1, 1, 1, 1] }),

  'axes exchanged'(x, dy) {
    const [c] = [dims(x)[1]];
    const swap = (each: Value) => transpose(each, [1, 0, 2, 3]);
    // The stride of the forward convolution is the dilation of this convolution.
    const full = conv(swap(x), swap(dy), undefined, { dilations: [2, 2], pads: [1, 1, 1, 1] });
    const size = dims(full).slice(2);
    const kept = size.some((each) => each > 3)
      ? slice(
          full,
          [2, 3].map((axis) => ({ axis, start: 0, end: 3 })),
        )
      : full;
    return transpose(reshape(kept, [c, FILTERS, 3, 3]), [1, 0, 2, 3]);
  },

  'one product'(x, dy) {
    const columns = rowsOf(concat(tapsOf(x, dy), 3));
    const product = gemm(columnsOf(dy), columns);
    return transpose(reshape(product, [FILTERS, 3, 3, dims(x)[1]]), [0, 3, 1, 2]);
  },

  'product per tap'(x, dy) {
    const products = tapsOf(x, dy).map((tap) => gemm(columnsOf(dy), rowsOf(tap)));
    return transpose(reshape(concat(products, 1), [FILTERS, 3, 3, dims(x)[1]]), [0, 3, 1, 2]);
  },

  'channels-last dy'(x, dy) {
    const rows = rowsOf(transpose(dy, [0, 2, 3, 1]));
    const products = tapsOf(x, dy).map((tap) => gemm(rows, rowsOf(tap), { transA: true }));
    return transpose(reshape(concat(products, 1), [FILTERS, 3, 3, dims(x)[1]]), [0, 3, 1, 2]);
  },
};

const wave = (shape: readonly number[], k: number): Tensor => ({
  shape,
  data: Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(k * i + i * i)),
});

async function measure(feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, number>> {
  const sessions: Record<string, Session> = {};
  const times: Record<string, number[]> = {};
  const results: Record<string, Tensor | undefined> = {};
  for (const [name, formulate] of Object.entries(formulations)) {
    const [x, dy] = ['x', 'dy'].map((each) => input(each, feeds[each]?.shape ?? []));
    const [inputs, dw] = [[x, dy] as Value<'Input'>[], formulate(x as Value, dy as Value)];
    // The passes are not run: they would replace the runtime's convolution by our own formulation.
    const graph = name === 'lowered' ? program('conv', inputs, { dw }) : { name, inputs, outputs: { dw } };
    sessions[name] = await compile(encodeProgram(graph));
    times[name] = [];
  }
  // Measured in turn, so that other load on the machine slows all formulations equally.
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, session] of Object.entries(sessions)) {
      const start = performance.now();
      results[name] = (await session.run(feeds)).dw;
      times[name]?.push(performance.now() - start);
    }
  }
  for (const [name, session] of Object.entries(sessions)) {
    const wrong = results[name]?.data.some(
      (each, i) => Math.abs(each - (results.lowered?.data[i] ?? 0)) > 1e-2,
    );
    if (wrong) throw new Error(`Expected ${name} to compute the same weight gradient`);
    await session.dispose();
  }
  return Object.fromEntries(Object.entries(times).map(([name, each]) => [name, median(each)]));
}

const names = Object.keys(formulations);
const print = (label: string, times: Readonly<Record<string, number>>) => {
  const cells = names.map((name) => {
    const [time, base] = [times[name] ?? 0, times.lowered ?? 1];
    return `${time.toFixed(3)} (${(time / base).toFixed(2)})`.padStart(name.length + 2);
  });
  console.log(label.padEnd(24) + cells.join(''));
};

console.log(' '.repeat(24) + names.map((name) => name.padStart(Math.max(name.length + 2, 14))).join(''));
for (const batch of batches) {
  const sum: Record<string, number> = {};
  for (const { channels, side } of layers) {
    const out = Math.ceil(side / 2);
    const times = await measure({
      x: wave([batch, channels, side, side], 0.3),
      dy: wave([batch, FILTERS, out, out], 0.7),
    });
    for (const name of names) sum[name] = (sum[name] ?? 0) + (times[name] ?? 0);
    print(`batch ${batch}, ${channels}→${FILTERS}, ${side}×${side}`, times);
  }
  print(`batch ${batch}, sum`, sum);
}
