export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The files that a chooser of tables offers. Many systems have no media type for `.tsv`, so ends of names are listed, too. */
export const TABLES = 'text/csv,text/tab-separated-values,.csv,.tsv';

/** Those of the service (`src/files/delimiter.ts`). */
const DELIMITERS = [',', ';', '\t', '|'];

/**
 * Reads a CSV file to show it. The service reads the file itself; this only has to find the columns and the first rows.
 *
 * @param most rows to read
 * @see RFC 4180
 */
export function readCsv(text: string, most = Number.POSITIVE_INFINITY): Table {
  const [columns = [], ...rows] = recordsOf(text.replace(/^\uFEFF/, ''), delimiterOf(text), most + 1);
  return { columns, rows };
}

/** The delimiter that the header has most often. */
function delimiterOf(text: string): string {
  const [header = ''] = text.split('\n', 1);
  const count = (delimiter: string) => header.split(delimiter).length;
  return DELIMITERS.reduce((best, each) => (count(each) > count(best) ? each : best));
}

function recordsOf(text: string, delimiter: string, most: number): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  let cell = '';
  let isQuoted = false;
  const endRecord = () => {
    record.push(cell);
    if (record.length > 1 || cell !== '') records.push(record);
    record = [];
    cell = '';
  };
  for (let at = 0; at < text.length && records.length < most; at++) {
    const letter = text.charAt(at);
    if (isQuoted && letter === '"' && text[at + 1] === '"') cell += text.charAt(++at);
    else if (letter === '"' && (isQuoted || cell === '')) isQuoted = !isQuoted;
    else if (isQuoted) cell += letter;
    else if (letter === delimiter) {
      record.push(cell);
      cell = '';
    } else if (letter === '\n') endRecord();
    else if (letter !== '\r') cell += letter;
  }
  if (records.length < most && (cell !== '' || record.length > 0)) endRecord();
  return records;
}

/** A cell as JSON: a number if it is written as one. An empty cell has no value. */
export function cellOf(text: string): string | number | null {
  if (text.trim() === '') return null;
  return /^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text.trim()) ? Number(text) : text;
}
