import { isUtf8 } from 'node:buffer';

/** The kind of content of a file. */
export type FileKind = 'image' | 'audio';

type Signature = (start: string) => boolean;

const at =
  (offset: number, ...texts: readonly string[]): Signature =>
  (start) =>
    texts.some((text) => start.startsWith(text, offset));
const riff =
  (form: string): Signature =>
  (start) =>
    /^(RIFF|RIFX|RF64)$/.test(start.slice(0, 4)) && start.startsWith(form, 8);

/**
 * The first bytes of files, as Latin-1 text. Also of formats that no decoder reads, so that a GIF sent to a package for
 * texts is called a picture.
 */
const signatures: readonly (readonly [kind: FileKind, signature: Signature])[] = [
  ['image', at(0, '\x89PNG\r\n\x1a\n', '\xff\xd8\xff', 'GIF87a', 'GIF89a')],
  ['image', at(0, 'II*\0', 'MM\0*', '\0\0\x01\0', '8BPS')],
  ['image', (start) => start.startsWith('BM') && start.startsWith('\0\0\0\0', 6)],
  ['image', at(4, 'ftypavi', 'ftyphei', 'ftyphev', 'ftypmif', 'ftypmsf', 'ftypmiaf')],
  ['image', riff('WEBP')],
  ['audio', riff('WAVE')],
  ['audio', at(0, 'fLaC', 'OggS', 'ID3', '#!AMR', '.snd')],
  [
    'audio',
    at(0, '\xff\xe2', '\xff\xe3', '\xff\xf1', '\xff\xf2', '\xff\xf3', '\xff\xf9', '\xff\xfa', '\xff\xfb'),
  ],
  ['audio', at(4, 'ftypM4A', 'ftypM4B')],
  ['audio', (start) => start.startsWith('FORM') && start.startsWith('AIF', 8)],
];

const LONGEST = 16;

/** The kind of the file by its first bytes; null if they are not those of a picture or a sound. The file may still be broken. */
export function fileKindOf(file: Uint8Array): FileKind | null {
  const start = Buffer.from(file.buffer, file.byteOffset, Math.min(file.length, LONGEST)).toString('latin1');
  return signatures.find(([, isOf]) => isOf(start))?.[0] ?? null;
}

/** Whether a file is a text: UTF-8 without a zero byte, and neither a picture nor a sound. */
export function isTextFile(file: Uint8Array): boolean {
  return fileKindOf(file) === null && isUtf8(file) && !file.includes(0);
}
