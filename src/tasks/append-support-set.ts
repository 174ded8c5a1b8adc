import type { Tensor } from '../tensor.ts';
import { labelledSupport, targetSupport } from './build-support-set.ts';
import type { SupportSet } from './support-set.ts';

/** `base`, then `more`; null when their rows differ in shape or one has labels and the other targets. */
export function appendSupport(base: SupportSet, more: SupportSet): SupportSet | null {
  const x = appendRows(base.x, more.x);
  if (!x) return null;
  const [a, b] = [base.outcome, more.outcome];
  if (a.kind === 'labels' && b.kind === 'labels') return labelledSupport(x, [...a.labels, ...b.labels]);
  if (a.kind === 'targets' && b.kind === 'targets') {
    const targets = appendRows(a.targets, b.targets);
    return targets && targetSupport(x, targets);
  }
  return null;
}

function appendRows(a: Tensor, b: Tensor): Tensor | null {
  const [[n = 0, ...row], [m = 0, ...other]] = [a.shape, b.shape];
  if (row.join() !== other.join()) return null;
  const data = new Float32Array(a.data.length + b.data.length);
  data.set(a.data);
  data.set(b.data, a.data.length);
  return { shape: [n + m, ...row], data };
}
