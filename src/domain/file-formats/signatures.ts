/** Whether the first bytes of a file, as Latin-1 text, are a format's. */
export type Signature = (start: string) => boolean;

export const at =
  (offset: number, ...texts: readonly string[]): Signature =>
  (start) =>
    texts.some((text) => start.startsWith(text, offset));

export const like =
  (pattern: RegExp): Signature =>
  (start) =>
    pattern.test(start);

export const anyOf =
  (...signatures: readonly Signature[]): Signature =>
  (start) =>
    signatures.some((isOf) => isOf(start));

export const allOf =
  (...signatures: readonly Signature[]): Signature =>
  (start) =>
    signatures.every((isOf) => isOf(start));

/** Files of chunks: a name, a length, then a type. In files below 144 MiB, a byte of the length is no character of a text. */
export const chunked = (name: string, ...types: readonly string[]): Signature =>
  like(new RegExp(`^${name}(?![\\s -~]{4}).{4}(${types.join('|')})`, 's'));

/** The first page of an OGG file holds one packet, the header of its codec, after 28 bytes. */
export const ogg = (...codecs: readonly string[]): Signature => allOf(at(0, 'OggS\0'), at(28, ...codecs));

/** MP4 and its relatives start with a box: its length, which is below 16 MiB, then its type, and a brand. */
export const box = (typeAndBrand: RegExp): Signature =>
  like(new RegExp(`^\\0.{3}(${typeAndBrand.source})`, 's'));

/** Before the first element of XML or HTML: a byte order mark, spaces, a declaration, comments, the type of an SVG. */
const BEFORE_MARKUP = /^(\xef\xbb\xbf|\s+|<\?xml.*?\?>|<!--.*?-->|<!DOCTYPE svg[^>]*>)/is;

/** Whether the first element matches. */
export const markup =
  (element: RegExp): Signature =>
  (start) =>
    element.test(startOfMarkup(start));

/** Each piece is taken off by itself: one pattern for all of them takes exponential time on comments without an element. */
function startOfMarkup(start: string): string {
  let rest = start;
  for (let [piece] = BEFORE_MARKUP.exec(rest) ?? []; piece; [piece] = BEFORE_MARKUP.exec(rest) ?? []) {
    rest = rest.slice(piece.length);
  }
  return rest;
}
