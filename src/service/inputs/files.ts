import { describe, invalidInput } from './invalid-input.ts';

/** The beginning of a data URL, up to the comma. `data:` and `;base64` may have upper-case letters. */
const DATA_URL = /^data:([^,]{0,256}),/i;
const URL_SCHEME = /^(https?|ftp|file|blob|s3|gs):/i;

const FILE = 'a file in base64 or as a base64 data URL';

/** Stricter than `DATA_URL`: a text may begin with `Data: 5 items, urgent`. */
const CERTAIN_DATA_URL = /^data:([\w.+-]+\/[\w.+-]+)?(;[\w.+-]+(=[^;,]{0,100})?){0,4},/i;

/** The first bytes of the file in a data URL; null if the text is not a data URL. */
export function startOfDataUrl(text: string): Uint8Array | null {
  const [head] = CERTAIN_DATA_URL.exec(text) ?? [];
  return head === undefined ? null : Buffer.from(text.slice(head.length, head.length + 64), 'base64');
}

/**
 * Decodes the file in a JSON string: a base64 data URL, or only base64.
 * @throws InnerloopError `invalid_input` that says what the text is instead.
 */
export function fileOfText(text: string, pointer = ''): Uint8Array {
  const [head, header] = DATA_URL.exec(text) ?? [];
  if (head === undefined || header === undefined) {
    if (URL_SCHEME.test(text))
      throw invalidInput(pointer, FILE, `a URL, which is not fetched: ${describe(text)}`);
    return decodeBase64(text, pointer, FILE);
  }
  const [mediaType = '', ...parameters] = header
    .toLowerCase()
    .split(';')
    .map((each) => each.trim());
  if (parameters.at(-1) !== 'base64')
    throw invalidInput(pointer, FILE, `a data URL without ;base64: ${describe(text)}`);
  if (mediaType.startsWith('text/')) throw invalidInput(pointer, FILE, `a data URL of ${mediaType}`);
  const data = text.slice(head.length);
  return decodeBase64(
    data.includes('%') ? withoutPercentEscapes(data) : data,
    pointer,
    'base64 after the comma',
  );
}

/**
 * Decodes base64, in all forms that encoders write: with or without line breaks and padding, and with the URL-safe
 * alphabet (`-` and `_`). `Buffer.from` alone would skip unknown characters without an error.
 * @throws InnerloopError `invalid_input` that names the first wrong character.
 */
export function decodeBase64(text: string, pointer: string, expected: string): Uint8Array {
  const bytes = decodeWhole(text);
  if (bytes) return bytes;
  const fault = /[^\w+/=\s-]|=(?=\s*[\w+/-])/.exec(text);
  if (fault) {
    const got = `${describe(fault[0])} at character ${fault.index} of ${describe(text)}`;
    throw invalidInput(pointer, expected, got);
  }
  const letters = text.replace(/\s+/g, '');
  const digits = letters.replace(/=+$/, '');
  const isWhole = digits.length % 4 !== 1 && (digits === letters || letters.length % 4 === 0);
  if (!isWhole)
    throw invalidInput(pointer, expected, `${describe(text)}, which is incomplete or has wrong padding`);
  return Buffer.from(digits, 'base64');
}

/**
 * The usual case: base64 with padding, and nothing else. Null for other texts. `Buffer.from` skips unknown characters, so the
 * number of bytes shows whether there were any. It takes characters above U+00FF for others, so the text must be ASCII.
 */
function decodeWhole(text: string): Buffer | null {
  if (text.length % 4 !== 0 || Buffer.byteLength(text) !== text.length) return null;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === (text.length / 4) * 3 - padding ? bytes : null;
}

/** Decodes percent-escapes: some encoders escape `+`, `/` and `=` in data URLs. */
function withoutPercentEscapes(data: string): string {
  try {
    return decodeURIComponent(data);
  } catch {
    return data;
  }
}
