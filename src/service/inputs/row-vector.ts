import type { Content } from '../../domain/content.ts';
import type { Column } from '../../domain/rows/columns.ts';
import type { Row } from '../../domain/rows/row.ts';
import { vectorise } from '../../domain/rows/vectorise.ts';
import type { Embedded } from './features.ts';

export function rowOf({ bytes }: Content): Row {
  return JSON.parse(Buffer.from(bytes).toString());
}

/** A row as numbers [d]. @throws InnerloopError `invalid_input` if the row has other columns */
export function rowVector(content: Content, columns: readonly Column[]): Embedded {
  const { features, warnings } = vectorise(rowOf(content), columns);
  return { features: { shape: [features.length], data: features }, warnings };
}
