import { storedTypes } from '../../../onnx/typed-values.ts';
import { allocate, castTo, type Folded } from '../folded.ts';
import type { OperatorNode } from '../operator-node.ts';
import { refuse } from '../refusal.ts';
import { type Fold, targetType } from './elementwise.ts';

const MOST_BINS = 2 ** 14;

/** a − b cos x + c cos 2x of angles x from 0 to 2π. */
const window =
  (a: number, b: number, c: number): Fold =>
  (node) => {
    const size = node.number(0, 0);
    const type = targetType(node, 'output_datatype', storedTypes.float32);
    const made = allocate(node.budget, 'float32', [size], node.label);
    const period = node.int('periodic', 1) === 1 ? size : size - 1;
    for (let i = 0; i < size; i++) {
      const x = (2 * Math.PI * i) / period;
      made.data[i] = a - b * Math.cos(x) + c * Math.cos(2 * x);
    }
    return castTo(made, type, node.budget);
  };

const mel = (hertz: number): number => 2595 * Math.log10(1 + hertz / 700);
const hertz = (mels: number): number => 700 * (10 ** (mels / 2595) - 1);

/**
 * Triangular filters [spectrum, filters], evenly spaced on the mel scale.
 * @see https://onnx.ai/onnx/operators/onnx__MelWeightMatrix.html
 */
function melFilters(node: OperatorNode): Folded {
  const [filters = 0, points = 0, rate = 0, lowest = 0, highest = 0] = [0, 1, 2, 3, 4].map((i) =>
    node.number(i, 0),
  );
  if (!(filters >= 1 && filters <= MOST_BINS) || !(points >= 1 && points <= MOST_BINS) || !(rate > 0))
    throw refuse(`filters and points of ${node.label} from 1 to ${MOST_BINS}`, `${filters} and ${points}`);
  const type = targetType(node, 'output_datatype', storedTypes.float32);
  const rows = Math.floor(points / 2) + 1;
  const made = allocate(node.budget, 'float32', [rows, filters], node.label);
  const step = (mel(highest) - mel(lowest)) / (filters + 2);
  const edges = Array.from({ length: filters + 2 }, (_, i) =>
    Math.floor(((points + 1) * hertz(mel(lowest) + i * step)) / rate),
  );
  for (let filter = 0; filter < filters; filter++) {
    const [low = 0, centre = 0, high = 0] = edges.slice(filter, filter + 3);
    const put = (row: number, weight: number) => {
      if (row >= 0 && row < rows) made.data[row * filters + filter] = weight;
    };
    if (centre === low) put(centre, 1);
    else for (let row = low; row <= centre; row++) put(row, (row - low) / (centre - low));
    for (let row = centre; row < high; row++) put(row, (high - row) / (high - centre));
  }
  return castTo(made, type, node.budget);
}

/** The operators of front ends for sounds. */
export const signals: Readonly<Record<string, Fold>> = {
  HannWindow: window(0.5, 0.5, 0),
  HammingWindow: window(25 / 46, 21 / 46, 0),
  BlackmanWindow: window(0.42, 0.5, 0.08),
  MelWeightMatrix: melFilters,
};
