import type { Tensor } from '../tensor.ts';
import type { HeadTried } from './adaptation.ts';

/**
 * What a run tells about its heads, from the state tensor `selection` [heads, 3]: the number of correct predictions of
 * left-out examples (or the sum of squared errors), the number of examples, and the head's share in the answers. The head with the
 * largest share is the chosen one. Null when there is nothing to tell: no such tensor, or no example that could be left out.
 */
export function selectionOf(
  heads: readonly string[] | undefined,
  selection: Tensor | undefined,
  task: 'classification' | 'regression',
): readonly HeadTried[] | null {
  if (!heads || !selection) return null;
  const rows = heads.map((head, i) => {
    const [sum = 0, n = 0, share = 0] = selection.data.subarray(3 * i, 3 * i + 3);
    return { head, n, share, estimate: sum / n };
  });
  if (rows.some(({ n }) => !(n > 0))) return null;
  const most = rows.reduce((best, each) => (each.share > best.share ? each : best));
  return rows.map((each) => ({
    head: each.head,
    estimate: each.estimate,
    interval: task === 'classification' ? intervalOfShare(each) : intervalOfError(each),
    chosen: each === most,
  }));
}

interface Estimated {
  readonly estimate: number;
  readonly n: number;
}

/** The normal distribution is within this many deviations with a probability of 95 %. */
const DEVIATIONS = 1.96;

/**
 * Of a share of n: between the shares p with |estimate − p| ≤ 1.96 √(p (1 − p) / n). It is within 0…1, and not empty if all
 * of the n are correct.
 * @see Wilson, Probable Inference, JASA 22, 1927; Brown, Cai & DasGupta, Statistical Science 16, 2001, §3.1.1
 */
function intervalOfShare({ estimate, n }: Estimated): readonly [number, number] {
  const share = Math.min(1, estimate);
  const square = DEVIATIONS ** 2 / n;
  const centre = (share + square / 2) / (1 + square);
  const half = Math.sqrt((square * (share * (1 - share) + square / 4)) / (1 + square) ** 2);
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}

/** Of the mean of n squared errors, if the errors are normal: symmetric on the logarithm, so it is above 0. */
function intervalOfError({ estimate, n }: Estimated): readonly [number, number] {
  const factor = Math.exp(DEVIATIONS * Math.sqrt(2 / n));
  return [estimate / factor, estimate * factor];
}
