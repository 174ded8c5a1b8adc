import type { Content, Contents } from '../../domain/content.ts';
import type { Column } from '../../domain/rows/columns.ts';
import { type InferredColumns, inferColumns } from '../../domain/rows/infer-columns.ts';
import type { GivenSupport } from '../../domain/support-set.ts';
import type { TenantId } from '../../domain/task.ts';
import type { Warning } from '../../domain/warning.ts';
import type { ContentDecoder } from '../../ports/content-decoder.ts';
import type { TaskStore } from '../../ports/stores/task-store.ts';
import { rowOf } from '../inputs/row-vector.ts';

interface Parts {
  readonly store: Pick<TaskStore, 'contents'>;
  /** Undefined: columns are inferred on the calling thread. */
  readonly decoder: Partial<Pick<ContentDecoder, 'columns'>> | undefined;
}

/** Bytes of rows whose columns are inferred on the calling thread: it takes less than a few milliseconds. */
const FEW_BYTES = 2 ** 14;

/**
 * The columns of the rows of a support set, whose earlier examples are in the store.
 * @throws InnerloopError `invalid_support_set`, `unlearnable_support_set`
 */
export async function columnsOf(
  { store, decoder }: Parts,
  tenant: TenantId,
  { support, contents: given }: GivenSupport,
): Promise<{ columns: readonly Column[]; warnings: readonly Warning[] }> {
  const digests = support.examples.map(({ content }) => content);
  const stored: Contents = await store.contents(
    tenant,
    digests.filter((digest) => !given.has(digest)),
  );
  const rows = digests.flatMap((digest) => given.get(digest) ?? stored.get(digest) ?? []);
  const { columns, warnings } = await infer(decoder, rows);
  return {
    columns,
    warnings: warnings.map((each) => ({ ...each, pointer: `/support/0/input${each.pointer}` })),
  };
}

async function infer(decoder: Parts['decoder'], rows: readonly Content[]): Promise<InferredColumns> {
  const bytes = rows.reduce((sum, row) => sum + row.bytes.byteLength, 0);
  if (bytes <= FEW_BYTES || !decoder?.columns) return inferColumns(rows.map(rowOf));
  return decoder.columns(rows.map((row) => row.bytes));
}
