import { createHash } from 'node:crypto';

/**
 * What an example shows, as bytes that later encoders can read.
 *
 * | kind | bytes |
 * |---|---|
 * | `text` | UTF-8 |
 * | `row` | a JSON object or array of values, in UTF-8 |
 * | `image` | a PNG, JPEG or WebP file |
 * | `audio` | a WAV file, 16 kHz, one channel, 16 bits |
 * | `tensor` | a float32 tensor, as the network sees it |
 *
 * Canonical content has limits of size, and no metadata. A prediction can also read pictures and sounds that are not
 * canonical: files of other formats, as the caller sent them.
 */
export interface Content {
  readonly kind: ContentKind;
  readonly bytes: Uint8Array;
}

/** Contents by digest. */
export type Contents = ReadonlyMap<string, Content>;

export const CONTENT_KINDS = ['text', 'row', 'image', 'audio', 'tensor'] as const;
export type ContentKind = (typeof CONTENT_KINDS)[number];

/** For messages: what a package reads, and what a caller sends. */
export const kindNames: Readonly<Record<ContentKind, string>> = {
  text: 'text',
  image: 'pictures',
  audio: 'sounds',
  row: 'rows of a table',
  tensor: 'numbers',
};

/** `sha256:` over kind and bytes. Equal contents have equal digests. */
export function contentDigestOf({ kind, bytes }: Content): string {
  return `sha256:${createHash('sha256').update(`${kind}\n`).update(bytes).digest('hex')}`;
}

export function textContent(text: string): Content {
  return { kind: 'text', bytes: Buffer.from(text, 'utf8') };
}
