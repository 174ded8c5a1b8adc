import { labelledSupport, targetSupport } from './build-support-set.ts';
import { joinRows } from './rows.ts';
import type { SupportSet } from './support-set.ts';

/** `base`, then `more`; null when their rows differ in shape or one has labels and the other targets. */
export function appendSupport(base: SupportSet, more: SupportSet): SupportSet | null {
  const x = joinRows([base.x, more.x]);
  if (!x) return null;
  const [a, b] = [base.outcome, more.outcome];
  if (a.kind === 'labels' && b.kind === 'labels') return labelledSupport(x, [...a.labels, ...b.labels]);
  if (a.kind === 'targets' && b.kind === 'targets') {
    const targets = joinRows([a.targets, b.targets]);
    return targets && targetSupport(x, targets);
  }
  return null;
}
