import { encodeFeatures } from '../../../src/adapters/feature-bytes.ts';
import type { Adaptation } from '../../../src/domain/adaptation.ts';
import { hasEnded } from '../../../src/domain/adaptation.ts';
import { storedSupport } from '../../../src/domain/support-set.ts';
import type { Usage } from '../../../src/domain/usage.ts';
import { jsonBytes, recordBytes, taskBytes } from '../../../src/domain/usage.ts';
import type { TaskStore } from '../../../src/ports/stores/task-store.ts';

/** Lists all data of a tenant, also the features of these encoders, and computes the usage from the list. */
export async function countUsage(
  store: TaskStore,
  tenant: string,
  encoders: readonly string[] = [],
): Promise<{ records: readonly Adaptation[]; usage: Usage }> {
  const { data: tasks } = await store.tasks(tenant, { limit: 1000 });
  const pages = await Promise.all(tasks.map(({ id }) => store.adaptations(tenant, id, { limit: 1000 })));
  const records = pages.flatMap(({ data }) => data);
  const supports = new Map(records.map((each) => [`${each.task} ${each.support.digest}`, each]));
  const digests = new Set<string>();
  let examples = 0;
  let bytes = [...tasks.map(taskBytes), ...records.map(recordBytes)].reduce((sum, each) => sum + each, 0);
  for (const { task, support } of supports.values()) {
    const stored = await store.supportSet(tenant, task, support.digest);
    if (!stored) throw new Error(`Expected the support set of ${task}, got none`);
    examples += stored.examples.length;
    bytes += jsonBytes(storedSupport(stored));
    for (const { content } of stored.examples) digests.add(content);
  }
  for (const { bytes: content } of (await store.contents(tenant, digests)).values()) bytes += content.length;
  for (const encoder of encoders)
    for (const { data } of (await store.features(tenant, encoder, digests)).values())
      bytes += encodeFeatures(data).length;
  const queued = records.filter(({ status }) => !hasEnded(status)).length;
  return { records, usage: { tasks: tasks.length, examples, bytes, queued } };
}
