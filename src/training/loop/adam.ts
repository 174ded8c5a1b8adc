import type { Tensors } from '../../tensor.ts';

/** First and second moments of each weight's gradient. */
export interface AdamState {
  readonly step: number;
  readonly first: Tensors;
  readonly second: Tensors;
}

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

export function startAdam(weights: Tensors): AdamState {
  const zeros = (): Tensors =>
    Object.fromEntries(
      Object.entries(weights).map(([name, { shape, data }]) => [
        name,
        { shape, data: new Float32Array(data.length) },
      ]),
    );
  return { step: 0, first: zeros(), second: zeros() };
}

/**
 * One step of Adam. Changes weights and moments in place, because they are large. `sizes` are those of the weights'
 * elements, where they are not 1; the rate is relative to them.
 *
 * @see Kingma & Ba 2015, arXiv:1412.6980, Algorithm 1, with the rearrangement at the end of §2
 */
export function adamStep(
  weights: Tensors,
  gradients: Tensors,
  state: AdamState,
  rate: number,
  sizes: Readonly<Record<string, number>> = {},
): AdamState {
  const step = state.step + 1;
  const scaled = (rate * Math.sqrt(1 - BETA2 ** step)) / (1 - BETA1 ** step);
  for (const [name, weight] of Object.entries(weights)) {
    const [g, m, v] = [gradients[name], state.first[name], state.second[name]].map((each) => each?.data);
    if (!g || !m || !v) throw new RangeError(`Expected a gradient and moments for ${name}`);
    const w = weight.data;
    const own = scaled * (sizes[name] ?? 1);
    for (let i = 0; i < w.length; i++) {
      const gradient = g[i] as number;
      m[i] = BETA1 * (m[i] as number) + (1 - BETA1) * gradient;
      v[i] = BETA2 * (v[i] as number) + (1 - BETA2) * gradient * gradient;
      w[i] = (w[i] as number) - (own * (m[i] as number)) / (Math.sqrt(v[i] as number) + EPSILON);
    }
  }
  return { ...state, step };
}

/** Cosine decay: from `rate` at the first step to 0 after the last. @see Loshchilov & Hutter 2017, arXiv:1608.03983, eq. 5 */
export function cosineRate(rate: number, step: number, steps: number): number {
  return (rate / 2) * (1 + Math.cos((Math.PI * step) / steps));
}
