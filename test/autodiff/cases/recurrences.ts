import {
  add,
  expandLike,
  gemm,
  matMul,
  mul,
  reduceSum,
  reshape,
  scalar,
  scan,
  sigmoid,
  slice,
  tanh,
} from '../../../src/graph/ops/index.ts';
import type { Value } from '../../../src/graph/value.ts';

/** Column block i of x [1, 4h]. */
const gate = (x: Value, i: number): Value => {
  const size = Number(x.shape[1]) / 4;
  return slice(x, [{ axis: 1, start: i * size, end: (i + 1) * size }]);
};

/**
 * LSTM over x [N, d] with weights [d + h, 4h]: z = [x, h] W, c ← σ(f) ⊙ c + σ(i) ⊙ tanh(g), h ← σ(o) ⊙ tanh(c).
 * Gives all h [N, 1, h].
 * @see Hochreiter & Schmidhuber, Long Short-Term Memory, Neural Computation 9 (1997); the forget gate is of Gers et al. (2000)
 */
export function lstm(x: Value, inward: Value, across: Value, reverse = false): Value {
  const size = Number(across.shape[0]);
  const zeros = mul(slice(reshape(across, [1, 4 * size * size]), [{ axis: 1, start: 0, end: size }]), 0.1);
  const { outputs } = scan(
    { carry: { h: zeros, c: zeros }, sequences: { x } },
    ({ h, c }, { x: item }) => {
      const z = add(gemm(reshape(item, [1, item.shape[0] ?? 1]), inward), gemm(h, across));
      const [f, i, o, g] = [0, 1, 2, 3].map((k) => gate(z, k)) as [Value, Value, Value, Value];
      const cell = add(mul(sigmoid(f), c), mul(sigmoid(i), tanh(g)));
      const hidden = mul(sigmoid(o), tanh(cell));
      return { carry: { h: hidden, c: cell }, outputs: { hidden } };
    },
    { reverse },
  );
  return outputs.hidden;
}

/** yₜ = tanh(xₜ ⊙ yₜ₋₁ + b), as the last y. */
export function lastOf(x: Value, start: Value, b: Value): Value {
  const { carry } = scan({ carry: { y: start }, sequences: { x } }, ({ y }, { x: item }) => ({
    carry: { y: tanh(add(mul(item, y), b)) },
  }));
  return carry.y;
}

/** A scan over two sequences. Its outputs are the carry before and after each step. x [N, 2], u [N], start []. */
export function running(x: Value, u: Value, start: Value): Value {
  const { carry, outputs } = scan(
    { carry: { sum: start }, sequences: { x, u } },
    ({ sum }, { x: row, u: weight }) => {
      const next = add(mul(sum, 0.5), mul(weight, reduceSum(mul(row, row))));
      return { carry: { sum: next }, outputs: { before: sum, after: mul(next, row), flat: aside(start) } };
    },
  );
  const all = add(reduceSum(mul(outputs.after, outputs.after), [1]), mul(outputs.before, outputs.flat));
  return mul(all, carry.sum);
}

/** A value of the outer graph that depends on no parameter of the body. */
const aside = (start: Value): Value => tanh(mul(start, 2));

/** A scan without carries: f of each row, with a captured matrix that the outer graph computes. */
export function rows(x: Value, w: Value): Value {
  const { outputs } = scan({ carry: {}, sequences: { x } }, (_, { x: row }) => ({
    carry: {},
    outputs: { y: tanh(matMul(reshape(row, [1, row.shape[0] ?? 1]), tanh(w))) },
  }));
  return outputs.y;
}

/** For each row of x [N, 3], a scan over all rows of u [M, 3] that starts at the carry of the outer scan. */
export function nested(x: Value, u: Value, w: Value): Value {
  const outer = scan({ carry: { y: w }, sequences: { x } }, ({ y }, { x: row }) => {
    const inner = scan(
      { carry: { z: y }, sequences: { u } },
      ({ z }, { u: item }) => ({ carry: { z: tanh(add(mul(z, row), mul(item, w))) }, outputs: { z } }),
      { reverse: true },
    );
    return { carry: { y: inner.carry.z }, outputs: { sum: reduceSum(inner.outputs.z, [0]) } };
  });
  return add(mul(outer.outputs.sum, outer.carry.y), expandLike(scalar(1), x));
}
