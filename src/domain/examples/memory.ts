import { type GivenSupport, type SupportSet, storedSupport, supportSet } from '../support-set.ts';
import type { Memory } from '../task-settings.ts';
import { weighted } from './weights.ts';

/**
 * The set without the examples that the task forgets: of each label (for regression: of all), the last `memory.last` stay.
 * The order stays. The same set when nothing is forgotten.
 */
function remembered(set: SupportSet, memory: Memory | null | undefined): SupportSet {
  if (!memory) return set;
  const left = new Map<string | undefined, number>();
  const kept = set.examples.toReversed().filter(({ label }) => {
    const room = left.get(label) ?? memory.last;
    left.set(label, room - 1);
    return room > 0;
  });
  if (kept.length === set.examples.length) return set;
  return supportSet({ ...storedSupport(set), examples: weighted(kept.toReversed()) });
}

/** The same with the contents that are given with the set: those of forgotten examples are not stored. */
export function rememberedOf(given: GivenSupport, memory: Memory | null | undefined): GivenSupport {
  const support = remembered(given.support, memory);
  if (support === given.support) return given;
  const kept = new Set(support.examples.map(({ content }) => content));
  return { support, contents: new Map([...given.contents].filter(([digest]) => kept.has(digest))) };
}
