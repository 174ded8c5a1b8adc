import { describe, invalidInput } from './invalid-input.ts';

/** Media type and data of a data URL. Case does not matter in `data:` and `;base64`. */
const DATA_URL = /^data:([^,]{0,256}),/i;
const URL_SCHEME = /^(https?|ftp|file|blob|s3|gs):/i;

const FILE = 'a file in base64 or as a base64 data URL';

/** Whether the text is a data URL: that is what it means for any package. */
export function isDataUrl(text: string): boolean {
  return DATA_URL.test(text);
}

/**
 * The file that a JSON string stands for: a data URL, or base64 alone.
 * @throws InnerloopError `invalid_input` that names what the text is instead.
 */
export function fileOfText(text: string): Uint8Array {
  const [head, header] = DATA_URL.exec(text) ?? [];
  if (head === undefined || header === undefined) {
    if (URL_SCHEME.test(text)) throw invalidInput('', FILE, `a URL, which is not fetched: ${describe(text)}`);
    return decodeBase64(text, '', FILE);
  }
  const [mediaType = '', ...parameters] = header
    .toLowerCase()
    .split(';')
    .map((each) => each.trim());
  if (parameters.at(-1) !== 'base64')
    throw invalidInput('', FILE, `a data URL without ;base64: ${describe(text)}`);
  if (mediaType.startsWith('text/')) throw invalidInput('', FILE, `a data URL of ${mediaType}`);
  const data = text.slice(head.length);
  return decodeBase64(data.includes('%') ? withoutPercentEscapes(data) : data, '', 'base64 after the comma');
}

/**
 * The bytes of a base64 text, in the forms that encoders write: with line breaks, with the letters of URLs (`-` and `_`),
 * with or without padding. `Buffer.from` alone would skip characters that it does not know.
 * @throws InnerloopError `invalid_input` that names the first character at fault.
 */
export function decodeBase64(text: string, pointer: string, expected: string): Uint8Array {
  const isPlain = text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
  if (isPlain) return Buffer.from(text, 'base64');
  const fault = /[^\w+/=\s-]|=(?=\s*[\w+/-])/.exec(text);
  if (fault) {
    const got = `${describe(fault[0])} at character ${fault.index} of ${describe(text)}`;
    throw invalidInput(pointer, expected, got);
  }
  const letters = text.replace(/\s+/g, '');
  const digits = letters.replace(/=+$/, '');
  const isWhole = digits.length % 4 !== 1 && (digits === letters || letters.length % 4 === 0);
  if (!isWhole)
    throw invalidInput(pointer, expected, `${describe(text)}, which is cut short or padded wrongly`);
  return Buffer.from(digits, 'base64');
}

/** A data URL is a URL: some encoders escape `+`, `/` and `=` in it. */
function withoutPercentEscapes(data: string): string {
  try {
    return decodeURIComponent(data);
  } catch {
    return data;
  }
}
