import type { Adaptation } from '../../domain/adaptation.ts';
import type { SupportSet } from '../../domain/support-set.ts';
import { joinWarnings, type Warning } from '../../domain/warning.ts';
import type { Encoder } from '../../package/encoder/encoder.ts';
import type { TaskStore } from '../../ports/stores/task-store.ts';
import type { Features } from '../inputs/features.ts';

/**
 * Embeds the examples of an accepted adaptation that have no features yet, and adds the warnings about them to its record.
 * `sent` are digests of the contents that the request sent, in its order.
 */
export async function embedSupport(
  { store, features }: { store: Pick<TaskStore, 'update'>; features: Features },
  { tenant, task, id }: Adaptation,
  { examples }: SupportSet,
  encoder: Encoder,
  sent: readonly string[],
): Promise<void> {
  const digests = examples.map(({ content }) => content);
  const byItem = new Map<number, readonly Warning[]>();
  await features.ofStored(tenant, encoder, digests, {
    onWarnings(digest, found) {
      const item = sent.lastIndexOf(digest);
      if (item >= 0) byItem.set(item, found);
    },
  });
  // In the order of the request: examples are embedded in any order.
  const warnings = Array.from(byItem)
    .sort(([a], [b]) => a - b)
    .flatMap(([item, found]) =>
      found.map((each) => ({ ...each, pointer: `/support/${item}/input${each.pointer}` })),
    );
  if (warnings.length === 0) return;
  await store.update(tenant, task, id, (each) => ({
    ...each,
    warnings: joinWarnings(each.warnings, warnings),
  }));
}
