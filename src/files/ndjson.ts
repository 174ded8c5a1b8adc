import { isUtf8 } from 'node:buffer';
import { refusal, tooLarge } from './refusal.ts';

export interface JsonLine {
  /** From 1. */
  readonly line: number;
  readonly value: unknown;
}

const MAX_LINES = 10_000;

/**
 * Reads JSON values, one per line. Empty lines are skipped.
 * @throws InnerloopError `invalid_input` that names the line, or `payload_too_large`
 */
export function readNdjson(bytes: Uint8Array, limits: { readonly lines?: number } = {}): readonly JsonLine[] {
  const { lines: most = MAX_LINES } = limits;
  if (!isUtf8(bytes)) throw refusal('JSON in UTF-8, a value per line', 'text that is not UTF-8');
  const values: JsonLine[] = [];
  let line = 0;
  for (const text of linesOf(new TextDecoder().decode(bytes))) {
    line += 1;
    if (text.trim() === '') continue;
    if (values.length === most) throw tooLarge(`${most} lines`, 'more');
    values.push({ line, value: valueIn(text, line) });
  }
  if (values.length === 0) throw refusal('a JSON value per line', 'none');
  return values;
}

function* linesOf(text: string): Generator<string> {
  let start = 0;
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
    yield text.slice(start, end);
    start = end + 1;
  }
  yield text.slice(start);
}

/** An escape can express one half of a surrogate pair, which no store can keep. */
const SURROGATE_ESCAPE = /\\u[dD][89a-fA-F]/;

function valueIn(text: string, line: number): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw refusal(
      'a JSON value',
      text.length > 40 ? `${text.slice(0, 40).toWellFormed()}…` : text,
      `in line ${line}`,
      cause,
    );
  }
  if (SURROGATE_ESCAPE.test(text) && !isWellFormed(value))
    throw refusal('text of whole Unicode characters', 'a lone surrogate', `in line ${line}`);
  return value;
}

function isWellFormed(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([name, member]) => name.isWellFormed() && isWellFormed(member));
}
