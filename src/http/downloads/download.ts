import { Readable } from 'node:stream';
import { InnerloopError } from '../../errors.ts';
import type { ExamplesToDownload } from '../../service/examples/use-cases.ts';
import { archiveOf, canBeArchive } from './archive.ts';
import { tableOfExamples } from './examples-table.ts';
import { linesOf } from './lines.ts';

export const FORMATS = ['zip', 'csv', 'ndjson'] as const;
export type Format = (typeof FORMATS)[number];

export interface Download {
  readonly format: Format;
  readonly mediaType: string;
  readonly body: Readable | string;
}

/**
 * The examples as a file that `adapt` takes. By default: an archive of pictures or sounds, a table of rows, lines of JSON
 * otherwise, and whenever an archive or a table cannot hold the examples exactly.
 * @throws InnerloopError `invalid_request` when the examples do not suit the format
 */
export async function downloadOf(
  examples: ExamplesToDownload,
  format: Format | undefined,
  signal?: AbortSignal,
): Promise<Download> {
  const [first] = examples.examples;
  const lines = (): Download => ({
    format: 'ndjson',
    mediaType: 'application/x-ndjson',
    body: Readable.from(linesOf(examples, signal)),
  });
  if (format === 'ndjson' || !first) return lines();
  const wants = format ?? (first.kind === 'row' ? 'csv' : canBeArchive(examples) ? 'zip' : 'ndjson');
  if (wants === 'zip') {
    if (!canBeArchive(examples))
      throw unsuited(wants, 'pictures or sounds whose labels can be names of folders');
    return { format: wants, mediaType: 'application/zip', body: archiveOf(examples, signal) };
  }
  if (wants === 'ndjson') return lines();
  const table = await tableOfExamples(examples, signal);
  if (format === undefined && !(await table?.isExact())) return lines();
  if (!table) throw unsuited(wants, 'texts, or rows with named columns');
  return { format: wants, mediaType: 'text/csv; charset=utf-8', body: table.csv };
}

function unsuited(format: Format, expected: string): InnerloopError {
  const message = `Expected ${expected} for format=${format}; format=ndjson takes all examples`;
  return new InnerloopError('invalid_request', message, { expected, got: `format=${format}` });
}
