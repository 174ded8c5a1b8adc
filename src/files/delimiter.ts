const DELIMITERS = [',', ';', '\t', '|'] as const;

/** The length of the text that is examined. */
const SAMPLE_CHARACTERS = 64 * 1024;
const SAMPLE_RECORDS = 20;

/**
 * The delimiter of a CSV text: the one that divides the first records into equally many cells; of several such, the one
 * that makes the most cells. So commas in numbers (`1,5;2,5`) do not count against semicolons.
 */
export function delimiterOf(text: string): string {
  const records = firstRecords(text);
  const [header = ''] = records;
  const found = DELIMITERS.map((delimiter) => {
    const count = countIn(header, delimiter);
    return { delimiter, count, even: records.every((each) => countIn(each, delimiter) === count) };
  })
    .filter(({ count }) => count > 0)
    .sort((a, b) => Number(b.even) - Number(a.even) || b.count - a.count);
  if (found[0]) return found[0].delimiter;
  // The table has one column. Then take a delimiter that no cell contains.
  return DELIMITERS.find((each) => records.every((record) => !record.includes(each))) ?? ',';
}

/** The first records. Text in quotes is left out. */
function firstRecords(text: string): readonly string[] {
  return text
    .slice(0, SAMPLE_CHARACTERS)
    .replace(/"(?:[^"]|"")*"/g, '')
    .split(/\r\n|\n|\r/)
    .filter((line) => line.trim() !== '')
    .slice(0, SAMPLE_RECORDS);
}

const countIn = (record: string, delimiter: string) => record.split(delimiter).length - 1;
