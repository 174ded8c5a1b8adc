import type { Example } from '../example.ts';

/**
 * Weights the examples. If a label has n unconfirmed examples from feedback, and other examples with the total weight t, each
 * of the n gets the weight min(1, t / n). So feedback has at most half of the weight of its label until a person confirms it.
 * If all examples of a label are from feedback, they keep weight 1. Targets are not weighted.
 */
export function weighted(examples: readonly Example[]): readonly Example[] {
  const trusted = new Map<string | undefined, number>();
  const doubtful = new Map<string | undefined, number>();
  for (const each of examples) {
    if (isDoubtful(each)) doubtful.set(each.label, (doubtful.get(each.label) ?? 0) + 1);
    else trusted.set(each.label, (trusted.get(each.label) ?? 0) + each.weight);
  }
  return examples.map((each) => {
    if (!isDoubtful(each) || each.label === undefined) return each;
    const share = (trusted.get(each.label) ?? 0) / (doubtful.get(each.label) ?? 1);
    const weight = share === 0 ? 1 : Math.min(1, share);
    return weight === each.weight ? each : { ...each, weight };
  });
}

/** From feedback, and no person has looked at it again. */
export function isDoubtful({ source, confirmed }: Example): boolean {
  return source === 'feedback' && confirmed === undefined;
}
