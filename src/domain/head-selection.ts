import type { Tensor } from '../tensor.ts';
import type { HeadTried } from './adaptation.ts';
import { intervalOfError, intervalOfShare } from './trust/intervals.ts';

/**
 * The results of the heads of a run, from the state tensor `selection` [heads, 3]: the number of correct predictions of
 * left-out examples (or the sum of squared errors), the number of examples, and the head's share in the answers. The head
 * with the largest share is the chosen one. Null without such a tensor, and if no example could be left out.
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
