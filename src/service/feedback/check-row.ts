import { type Content, contentDigestOf } from '../../domain/content.ts';
import { columnNamesOf, requireColumns } from '../../domain/rows/row.ts';
import { warningsToLearn } from '../../domain/rows/vectorise.ts';
import type { TenantId } from '../../domain/task.ts';
import type { Warning } from '../../domain/warning.ts';
import type { TaskStore } from '../../ports/stores/task-store.ts';
import { atItem, atMember } from '../inputs/invalid-input.ts';
import { rowOf } from '../inputs/row-vector.ts';
import type { LatestSupport } from '../support/latest-support.ts';

interface Given {
  readonly content: Content;
  /** Its name in the request. */
  readonly member: '/input' | '/prediction';
}

/**
 * Checks a row of feedback against the table that the task has learnt: a task with a row of other columns could not learn any
 * more. Warns of cells that are read as missing. Inputs of other kinds have nothing to check.
 * @throws InnerloopError `invalid_input` if the row has other columns
 */
export async function checkRow(
  store: Pick<TaskStore, 'contents'>,
  tenant: TenantId,
  { record: { columns }, support }: LatestSupport,
  { content, member }: Given,
): Promise<readonly Warning[]> {
  if (content.kind !== 'row') return [];
  const row = rowOf(content);
  if (columns !== null) {
    const warnings = await atItem(0, () => atMember(member, () => warningsToLearn(row, columns)));
    return warnings.map((each) => ({ ...each, pointer: `${member}${each.pointer}` }));
  }
  // The adaptation that knew the columns is erased. The examples that are left still have them.
  const digests = support.examples.map((each) => each.content).slice(0, 1);
  const [other] = (await store.contents(tenant, digests)).values();
  if (other && contentDigestOf(other) !== contentDigestOf(content))
    await atItem(0, () => atMember(member, () => requireColumns(row, columnNamesOf(rowOf(other)))));
  return [];
}
