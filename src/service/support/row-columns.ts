import type { Contents } from '../../domain/content.ts';
import type { Column } from '../../domain/rows/columns.ts';
import { inferColumns } from '../../domain/rows/infer-columns.ts';
import type { GivenSupport } from '../../domain/support-set.ts';
import type { TenantId } from '../../domain/task.ts';
import type { Warning } from '../../domain/warning.ts';
import type { TaskStore } from '../../ports/task-store.ts';
import { rowOf } from '../inputs/row-vector.ts';

/**
 * The columns of the rows of a support set, whose earlier examples are in the store.
 * @throws InnerloopError `invalid_support_set`, `unlearnable_support_set`
 */
export async function columnsOf(
  store: Pick<TaskStore, 'contents'>,
  tenant: TenantId,
  { support, contents: given }: GivenSupport,
): Promise<{ columns: readonly Column[]; warnings: readonly Warning[] }> {
  const digests = support.examples.map(({ content }) => content);
  const stored: Contents = await store.contents(
    tenant,
    digests.filter((digest) => !given.has(digest)),
  );
  const rows = digests.flatMap((digest) => given.get(digest) ?? stored.get(digest) ?? []);
  const { columns, warnings } = inferColumns(rows.map(rowOf));
  return {
    columns,
    warnings: warnings.map((each) => ({ ...each, pointer: `/support/0/input${each.pointer}` })),
  };
}
