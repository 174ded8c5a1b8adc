import { InnerloopError } from '../../errors.ts';

/** The formats that are decoded. */
export type SoundFormat = 'WAV' | 'FLAC' | 'MP3' | 'OGG Vorbis' | 'OGG Opus' | 'OGG FLAC';
export type CompressedFormat = Exclude<SoundFormat, 'WAV'>;
export const ACCEPTED = 'a WAV, FLAC, MP3 or OGG file';

/** Whether the first bytes of a file, as Latin-1 text, are a format's. */
type Signature = (start: string) => boolean;

const at =
  (offset: number, ...texts: readonly string[]): Signature =>
  (start) =>
    texts.some((text) => start.startsWith(text, offset));
const both =
  (one: Signature, other: Signature): Signature =>
  (start) =>
    one(start) && other(start);
/** The first page of an OGG file holds one packet, the header of its codec, after 28 bytes. */
const ogg = (...codecs: readonly string[]) => both(at(0, 'OggS'), at(28, ...codecs));
const chunked = (name: string, ...types: readonly string[]) => both(at(0, name), at(8, ...types));

const signatures: readonly (readonly [format: SoundFormat, signature: Signature])[] = [
  ['WAV', chunked('RIFF', 'WAVE')],
  ['FLAC', at(0, 'fLaC')],
  ['OGG Vorbis', ogg('\x01vorbis')],
  ['OGG Opus', ogg('OpusHead')],
  ['OGG FLAC', ogg('\x7fFLAC')],
  // A tag may stand first. A frame starts with 11 bits of 1, its version and its layer.
  ['MP3', at(0, 'ID3', '\xff\xe2', '\xff\xe3', '\xff\xf2', '\xff\xf3', '\xff\xfa', '\xff\xfb')],
];

/** Other formats, so that the error message can name them. The first match counts. */
const others: readonly (readonly [name: string, signature: Signature])[] = [
  ['an OGG file of Speex', ogg('Speex   ')],
  ['an OGG video', ogg('\x80theora', 'fishead', '\x01video')],
  ['an OGG file of another codec', at(0, 'OggS')],
  ['a WAV file of 64 bits', at(0, 'RF64', 'BW64', 'riff')],
  ['an M4A file', at(4, 'ftypM4A', 'ftypM4B', 'ftypM4P', 'ftypF4A')],
  ['a 3GP file', at(4, 'ftyp3g')],
  ['an MP4 or QuickTime file', at(4, 'ftyp', 'moov', 'mdat', 'wide')],
  ['an AAC file', at(0, '\xff\xf0', '\xff\xf1', '\xff\xf8', '\xff\xf9', 'ADIF')],
  ['a WebM or Matroska file', at(0, '\x1aE\xdf\xa3')],
  ['an AMR file', at(0, '#!AMR')],
  ['an AIFF file', chunked('FORM', 'AIFF', 'AIFC')],
  ['a CAF file', at(0, 'caff')],
  ['a WMA file', at(0, '0&\xb2u\x8ef\xcf\x11')],
  ['an MP2 file', at(0, '\xff\xf4', '\xff\xf5', '\xff\xfc', '\xff\xfd')],
  ['an AC-3 file', at(0, '\x0bw')],
  ['an AU file', at(0, '.snd')],
  ["a Monkey's Audio file", at(0, 'MAC ')],
  ['a WavPack file', at(0, 'wvpk')],
  ['a MIDI file', at(0, 'MThd')],
  ['a video', chunked('RIFF', 'AVI ')],
  ['a picture', at(0, '\x89PNG', '\xff\xd8\xff', 'GIF8')],
  ['a picture', chunked('RIFF', 'WEBP')],
  ['a PDF document', at(0, '%PDF-')],
  ['a ZIP archive', at(0, 'PK\x03\x04', 'PK\x05\x06')],
  ['a gzip file', at(0, '\x1f\x8b')],
  ['a data URL, in place of its bytes', at(0, 'data:')],
  ['base64 of a WAV file, in place of its bytes', at(0, 'UklGR')],
];

/** @throws InnerloopError `invalid_audio` that names the format of the file, if it is known */
export function soundFormatOf(file: Uint8Array): SoundFormat {
  const start = Buffer.from(file.subarray(0, 64)).toString('latin1');
  const format = signatures.find(([, signature]) => signature(start))?.[0];
  if (format) return format;
  throw notASound(others.find(([, signature]) => signature(start))?.[0] ?? describeBytes(file));
}

function describeBytes(file: Uint8Array): string {
  if (file.length === 0) return 'an empty file';
  const bytes = Buffer.from(file.subarray(0, 12));
  const text = bytes.toString('latin1');
  const shown = /^[ -~]+$/.test(text) ? JSON.stringify(text) : bytes.toString('hex', 0, 8);
  return `${file.length} bytes that start with ${shown}`;
}

/** The error for a file of a known format that cannot be decoded. */
export function damaged(format: SoundFormat, reason: string, cause?: unknown): InnerloopError {
  return notASound(`a damaged or incomplete ${format} file (${reason})`, cause);
}

function notASound(got: string, cause?: unknown): InnerloopError {
  return invalidSound(ACCEPTED, got, cause);
}

export function invalidSound(expected: string, got: string, cause?: unknown): InnerloopError {
  const details = { expected, got, ...(cause !== undefined && { cause }) };
  return new InnerloopError('invalid_audio', `Expected ${expected}, got ${got}`, details);
}
