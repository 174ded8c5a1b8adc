import { isUtf8 } from 'node:buffer';
import { refusal } from './refusal.ts';

const SAVE_AS = 'save it as "CSV UTF-8"';

/**
 * The text of a table, without its byte order mark. Spreadsheets also write UTF-16 and Windows-1252. They are refused and
 * not guessed, because a wrong guess would change labels without a sign.
 * @throws InnerloopError `invalid_input`
 */
export function textOfTable(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const marked = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  if (marked || bytes.includes(0))
    throw refusal('text in UTF-8', `${marked ? 'UTF-16' : 'a byte 0, as in UTF-16'}: ${SAVE_AS}`);
  if (!isUtf8(bytes)) {
    const line = lineOfFault(bytes);
    throw refusal('text in UTF-8', `other bytes, as in Windows-1252: ${SAVE_AS}`, `in line ${line}`);
  }
  return new TextDecoder().decode(bytes);
}

/**
 * The first line that is not UTF-8. In UTF-8, the byte of a line feed is in no other character, so the bytes can be cut into
 * lines.
 */
function lineOfFault(bytes: Uint8Array): number {
  let [line, start] = [1, 0];
  for (let end = bytes.indexOf(10); end >= 0 && isUtf8(bytes.subarray(start, end)); line++) {
    start = end + 1;
    end = bytes.indexOf(10, start);
  }
  return line;
}
