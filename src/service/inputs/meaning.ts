import type { ContentKind } from '../../domain/content.ts';
import { fileOfText, startOfDataUrl } from './files.ts';
import { describe, invalidInput } from './invalid-input.ts';
import type { RawInput } from './raw-input.ts';

/** An input whose form is known: it no longer depends on the package. */
export type Meaning =
  | Exclude<RawInput, { kind: 'json' }>
  | { readonly kind: 'nested'; readonly value: unknown }
  | { readonly kind: 'packed'; readonly value: Readonly<Record<string, unknown>> };

const PACKED = ['shape', 'dtype', 'data'];

/**
 * What a JSON value means for a package that reads `reads`. `{"text": …}` and `{"file": …}` mean the same for every package.
 *
 * | value | text | image, audio | row | tensor |
 * |---|---|---|---|---|
 * | string | text | file in base64 | text | text |
 * | string that is a data URL | file | file | file | file |
 * | object or array | row, nested | packed, nested | row | packed, nested |
 */
export function meaningOf(value: unknown, reads: ContentKind): Meaning {
  if (typeof value === 'string') {
    if (reads === 'image' || reads === 'audio') return { kind: 'file', file: fileOfText(value) };
    const file = startOfDataUrl(value);
    return file ? { kind: 'file', file } : { kind: 'text', text: value };
  }
  if (Array.isArray(value)) return reads === 'row' ? { kind: 'row', row: value } : { kind: 'nested', value };
  if (typeof value !== 'object' || value === null) return { kind: 'nested', value };
  const members = Object.keys(value);
  if (members.length === 1 && Object.hasOwn(wrappers, members[0] as string)) {
    const name = members[0] as keyof typeof wrappers;
    return wrappers[name]((value as Record<string, unknown>)[name]);
  }
  const isPacked = reads !== 'row' && members.some((name) => PACKED.includes(name));
  return isPacked
    ? { kind: 'packed', value: value as Readonly<Record<string, unknown>> }
    : { kind: 'row', row: value as object };
}

const wrappers = {
  text(value: unknown): Meaning {
    if (typeof value !== 'string') throw invalidInput('/text', 'a string', describe(value));
    return { kind: 'text', text: value };
  },
  file(value: unknown): Meaning {
    const expected = 'a file in base64 or as a base64 data URL';
    if (typeof value !== 'string') throw invalidInput('/file', expected, describe(value));
    return { kind: 'file', file: fileOfText(value, '/file') };
  },
};
