import { concat, gather, mul, reshape } from '../../ops/index.ts';
import type { Value } from '../../value.ts';
import { allocate, asValue } from '../folded.ts';
import type { OperatorNode } from '../operator-node.ts';
import { refuse, Unreadable } from '../refusal.ts';
import { product } from './linalg.ts';
import type { Translations } from './translation.ts';

/** The limit for one transform. Front ends of sounds have up to 2048. */
const MOST_POINTS = 4096;

/** Cosines and negative sines of a Fourier transform of real numbers: [points, 2 · bins]. */
function waves(node: OperatorNode, points: number, bins: number): Value {
  if (!(points >= 1 && points <= MOST_POINTS))
    throw refuse(`1 to ${MOST_POINTS} points of ${node.label}`, points);
  const made = allocate(node.budget, 'float32', [points, 2 * bins], node.label);
  for (let i = 0; i < points; i++)
    for (let k = 0; k < bins; k++) {
      // The product of indices modulo the period keeps the angle exact.
      const angle = (2 * Math.PI * ((i * k) % points)) / points;
      made.data[2 * i * bins + k] = Math.cos(angle);
      made.data[2 * i * bins + bins + k] = -Math.sin(angle);
    }
  return asValue(made);
}

/** [..., points] → [..., bins, 2] */
function transformed(node: OperatorNode, x: Value, points: number, bins: number): Value {
  const lead = x.shape.slice(0, -1).map(Number);
  const y = reshape(product(x, waves(node, points, bins)), [...lead, 2, bins]);
  const parts = [0, 1].map((at) => reshape(gather(y, [at], lead.length), [...lead, bins, 1]));
  return concat(parts, lead.length + 1);
}

/** Operands: x [batch, samples, 1], the step between frames, a window, and the length of a frame. */
function frames(node: OperatorNode): Value {
  const [batch = 1, samples = 1, parts = 1] = node.shape(0);
  const step = node.number(1, 0);
  const points = node.has(3) ? node.number(3, 0) : (node.shape(2)[0] ?? 0);
  if (parts !== 1) throw new Unreadable(`${node.label}: expected real samples`);
  if (!(step >= 1) || !(points >= 1 && points <= samples))
    throw refuse(`frames of ${node.label} within ${samples} samples`, `${points} in steps of ${step}`);
  const count = Math.floor((samples - points) / step) + 1;
  // For each index: 8 bytes in its constant, and 20 for the lists from which the constant is made.
  node.budget.take(28 * count * points, node.label);
  const places = Array.from(
    { length: count * points },
    (_, at) => Math.floor(at / points) * step + (at % points),
  );
  const rows = reshape(gather(reshape(node.value(0), [batch, samples]), places, 1), [batch, count, points]);
  const windowed = node.has(2) ? mul(rows, node.value(2)) : rows;
  const isHalf = node.int('onesided', 1) === 1;
  return transformed(node, windowed, points, isHalf ? Math.floor(points / 2) + 1 : points);
}

/** The transform of real numbers along the second-to-last axis. */
function fourier(node: OperatorNode): Value {
  const shape = node.shape(0);
  const axis = node.axis(
    node.opset < 20 ? node.int('axis', 1) : node.has(2) ? node.number(2, -2) : shape.length - 2,
  );
  const points = shape[axis] ?? 1;
  const isPlain = shape.at(-1) === 1 && axis === shape.length - 2 && node.int('inverse', 0) === 0;
  if (!isPlain || (node.has(1) && node.number(1, points) !== points))
    throw new Unreadable(`${node.label}: expected a transform of real numbers along the last axis`);
  const isHalf = node.int('onesided', 0) === 1;
  const rows = reshape(node.value(0), shape.slice(0, -1));
  return transformed(node, rows, points, isHalf ? Math.floor(points / 2) + 1 : points);
}

export const spectra: Translations = { STFT: frames, DFT: fourier };
