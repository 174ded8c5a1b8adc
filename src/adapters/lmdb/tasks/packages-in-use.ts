import { setImmediate } from 'node:timers/promises';
import type { StoredAdaptation } from '../../../domain/adaptation.ts';
import type { Tables } from '../tables.ts';

/** Records read without a pause for other work. */
const AT_A_TIME = 1000;

/** See `TaskStore.packagesInUse`. */
export async function packagesInUse(adaptations: Tables['adaptations']): Promise<ReadonlySet<string>> {
  const digests = new Set<string>();
  for (let start: string[] | undefined = ['']; start; ) {
    const page: readonly { readonly key: string[]; readonly value: StoredAdaptation }[] = [
      ...adaptations.getRange({ start, limit: AT_A_TIME, exclusiveStart: true }),
    ];
    for (const { value } of page) digests.add(value.packageDigest);
    start = page.at(-1)?.key;
    await setImmediate();
  }
  return digests;
}
