import { allOf, anyOf, at, box, chunked, like, markup, ogg, type Signature } from './signatures.ts';

/** The kind of content of a file. */
export type FileKind = 'image' | 'audio';

/** A format of files, which its first bytes show. */
export interface FileFormat {
  /** For messages: `got a GIF picture`. */
  readonly name: string;
  /** Null if it is neither kind, or if a text could start with the same bytes. */
  readonly kind: FileKind | null;
  readonly isOf: Signature;
  /** The ends of names of such files. */
  readonly endings?: readonly string[];
}

/** A format that is decoded. */
interface DecodedFormat extends FileFormat {
  readonly id: string;
  readonly kind: FileKind;
  /** The registered one, then other names that callers give it. */
  readonly mediaTypes: readonly [string, ...string[]];
  /** The usual one first. */
  readonly endings: readonly [string, ...string[]];
}

/** The pictures that are decoded. libvips reads more formats, but each further one is more code that a stranger's bytes reach. */
export const pictureFormats = [
  {
    id: 'JPEG',
    name: 'a JPEG picture',
    kind: 'image',
    isOf: at(0, '\xff\xd8\xff'),
    mediaTypes: ['image/jpeg', 'image/jpg', 'image/pjpeg'],
    endings: ['.jpg', '.jpeg'],
  },
  {
    id: 'PNG',
    name: 'a PNG picture',
    kind: 'image',
    isOf: at(0, '\x89PNG\r\n\x1a\n'),
    mediaTypes: ['image/png', 'image/x-png'],
    endings: ['.png'],
  },
  {
    id: 'WebP',
    name: 'a WebP picture',
    kind: 'image',
    isOf: chunked('RIFF', 'WEBP'),
    mediaTypes: ['image/webp'],
    endings: ['.webp'],
  },
] as const satisfies readonly DecodedFormat[];

/** The sounds that are decoded. */
export const soundFormats = [
  {
    id: 'WAV',
    name: 'a WAV file',
    kind: 'audio',
    isOf: chunked('RIFF', 'WAVE'),
    mediaTypes: ['audio/wav', 'audio/x-wav', 'audio/wave', 'audio/vnd.wave'],
    endings: ['.wav'],
  },
  {
    id: 'FLAC',
    name: 'a FLAC file',
    kind: 'audio',
    // The first block has type 0. The highest bit says whether it is the last one.
    isOf: at(0, 'fLaC\0', 'fLaC\x80'),
    mediaTypes: ['audio/flac', 'audio/x-flac'],
    endings: ['.flac'],
  },
  {
    id: 'MP3',
    name: 'an MP3 file',
    kind: 'audio',
    // A tag of one of three versions may stand first. A frame starts with 11 bits of 1, its version and its layer.
    isOf: anyOf(
      at(0, 'ID3\x02', 'ID3\x03', 'ID3\x04'),
      at(0, '\xff\xe2', '\xff\xe3', '\xff\xf2', '\xff\xf3', '\xff\xfa', '\xff\xfb'),
    ),
    mediaTypes: ['audio/mpeg', 'audio/mp3'],
    endings: ['.mp3'],
  },
  {
    id: 'OGG Vorbis',
    name: 'an OGG Vorbis file',
    kind: 'audio',
    isOf: ogg('\x01vorbis'),
    mediaTypes: ['audio/ogg', 'application/ogg'],
    endings: ['.ogg', '.oga'],
  },
  {
    id: 'OGG Opus',
    name: 'an OGG Opus file',
    kind: 'audio',
    isOf: ogg('OpusHead'),
    mediaTypes: ['audio/ogg', 'application/ogg', 'audio/opus'],
    endings: ['.ogg', '.oga', '.opus'],
  },
  {
    id: 'OGG FLAC',
    name: 'an OGG FLAC file',
    kind: 'audio',
    isOf: ogg('\x7fFLAC'),
    mediaTypes: ['audio/ogg', 'application/ogg'],
    endings: ['.ogg', '.oga'],
  },
] as const satisfies readonly DecodedFormat[];

export type PictureFormat = (typeof pictureFormats)[number]['id'];
export type SoundFormat = (typeof soundFormats)[number]['id'];

/**
 * Other formats, so that messages can name them. The first match counts, so brands come before all files of boxes, and
 * codecs before all OGG files. A format with a kind has a byte in its signature that no text has: a text that starts
 * with `BM`, `MThd` or `wvpk` stays a text.
 */
export const otherFormats: readonly FileFormat[] = [
  // Boxes
  {
    name: 'an AVIF picture',
    kind: 'image',
    isOf: box(/ftyp(avi[fs]|(mif1|msf1|miaf).{4,32}avi[fs])/),
    endings: ['.avif'],
  },
  {
    name: 'a HEIC picture',
    kind: 'image',
    isOf: box(/ftyp(he(ic|ix|im|is|v[cxms])|mif[12]|msf1|miaf)/),
    endings: ['.heic', '.heif'],
  },
  { name: "a camera's raw picture", kind: 'image', isOf: box(/ftypcrx/) },
  { name: 'an M4A file', kind: 'audio', isOf: box(/ftyp(M4[ABP]|F4A)/), endings: ['.m4a'] },
  { name: 'a 3GP file', kind: null, isOf: box(/ftyp3g/) },
  { name: 'an MP4 or QuickTime file', kind: null, isOf: box(/ftyp|moov|mdat|wide/) },

  // Pictures
  {
    name: "a camera's raw picture",
    kind: 'image',
    isOf: anyOf(
      like(/^II\*\0.{4}CR/s),
      at(0, 'IIRO\x08\0', 'IIRS\x08\0', 'IIU\0'),
      // The name of the camera ends with a zero byte.
      like(/^FUJIFILMCCD-RAW .*\0/s),
    ),
  },
  {
    name: 'a TIFF picture',
    kind: 'image',
    isOf: at(0, 'II*\0', 'II+\0', 'MM\0*', 'MM\0+'),
    endings: ['.tif', '.tiff'],
  },
  {
    name: 'a GIF picture',
    kind: 'image',
    // The size and the colours follow. They have a byte that no text has.
    isOf: like(/^GIF8[79]a.{0,7}[^\s -\xff]/s),
    endings: ['.gif'],
  },
  { name: 'a BMP picture', kind: 'image', isOf: like(/^BM.{4}\0\0\0\0/s), endings: ['.bmp'] },
  { name: 'an icon (ICO)', kind: 'image', isOf: allOf(at(0, '\0\0\x01\0'), at(5, '\0')) },
  { name: 'a cursor (CUR)', kind: 'image', isOf: allOf(at(0, '\0\0\x02\0'), at(5, '\0')) },
  { name: 'a JPEG XL picture', kind: 'image', isOf: at(0, '\xff\x0a', '\0\0\0\x0cJXL \r\n\x87\n') },
  { name: 'a JPEG 2000 picture', kind: 'image', isOf: at(0, '\xff\x4f\xff\x51', '\0\0\0\x0cjP  \r\n\x87\n') },
  { name: 'a Photoshop document', kind: 'image', isOf: at(0, '8BPS\0') },
  { name: 'a GIMP document', kind: 'image', isOf: like(/^gimp xcf .{4}\0/s) },
  { name: 'an OpenEXR picture', kind: 'image', isOf: at(0, '\x76\x2f\x31\x01') },
  { name: 'a DDS picture', kind: 'image', isOf: at(0, 'DDS |\0') },
  // Its width and its height, then the number of channels and the colour space.
  {
    name: 'a QOI picture',
    kind: 'image',
    isOf: allOf(at(0, 'qoif'), at(12, '\x03\0', '\x03\x01', '\x04\0', '\x04\x01')),
  },
  // Some of these are texts.
  { name: 'a FLIF picture', kind: null, isOf: like(/^FLIF[134ACDQSTacd][0-2]/) },
  { name: 'a PNM picture', kind: null, isOf: like(/^P([1-6]\s+(#|\d+\s+\d)|7\nWIDTH )/) },
  { name: 'a Radiance HDR picture', kind: null, isOf: at(0, '#?RADIANCE', '#?RGBE') },

  // Sounds
  { name: 'an OGG file of Speex', kind: 'audio', isOf: ogg('Speex   ') },
  { name: 'an OGG video', kind: null, isOf: ogg('\x80theora', 'fishead', '\x01video') },
  { name: 'an OGG file of another codec', kind: 'audio', isOf: at(0, 'OggS\0') },
  {
    name: 'a WAV file of 64 bits',
    kind: 'audio',
    isOf: anyOf(chunked('RF64', 'WAVE'), chunked('BW64', 'WAVE'), at(0, 'riff\x2e\x91\xcf\x11')),
  },
  { name: 'a WAV file with the high byte first (RIFX)', kind: 'audio', isOf: chunked('RIFX', 'WAVE') },
  {
    name: 'an AAC file',
    kind: 'audio',
    isOf: at(0, '\xff\xf0', '\xff\xf1', '\xff\xf8', '\xff\xf9'),
  },
  { name: 'an AAC file (ADIF)', kind: null, isOf: at(0, 'ADIF') },
  { name: 'an AC-3 file', kind: null, isOf: at(0, '\x0bw') },
  { name: 'an MP2 file', kind: 'audio', isOf: at(0, '\xff\xf4', '\xff\xf5', '\xff\xfc', '\xff\xfd') },
  { name: 'an AMR file', kind: 'audio', isOf: like(/^#!AMR(-WB|_MC1\.0)?\n.*[^\s -~]/s) },
  { name: 'an AIFF file', kind: 'audio', isOf: chunked('FORM', 'AIFF', 'AIFC') },
  { name: 'a CAF file', kind: 'audio', isOf: at(0, 'caff\0') },
  { name: 'a WMA or WMV file', kind: 'audio', isOf: at(0, '0&\xb2u\x8ef\xcf\x11') },
  { name: 'an AU file', kind: 'audio', isOf: at(0, '.snd\0') },
  // The high byte of the version
  { name: "a Monkey's Audio file", kind: 'audio', isOf: allOf(at(0, 'MAC '), at(5, '\x0e', '\x0f')) },
  { name: 'a WavPack file', kind: 'audio', isOf: allOf(at(0, 'wvpk'), at(9, '\x04')) },
  { name: 'a MIDI file', kind: 'audio', isOf: at(0, 'MThd\0') },

  // Neither
  { name: 'a WebM or Matroska file', kind: null, isOf: at(0, '\x1aE\xdf\xa3') },
  { name: 'an AVI video', kind: null, isOf: chunked('RIFF', 'AVI ') },
  { name: 'a PostScript document', kind: null, isOf: at(0, '%!PS', '\xc5\xd0\xd3\xc6') },
  { name: 'a ZIP archive', kind: null, isOf: at(0, 'PK\x03\x04', 'PK\x05\x06') },
  { name: 'a gzip file', kind: null, isOf: at(0, '\x1f\x8b') },
  { name: 'base64 of a PNG, in place of its bytes', kind: null, isOf: at(0, 'iVBORw0KGgo') },
  { name: 'base64 of a JPEG, in place of its bytes', kind: null, isOf: at(0, '/9j/') },
  { name: 'base64 of a WebP, in place of its bytes', kind: null, isOf: like(/^UklGR.{7}RUJQ/) },
  { name: 'base64 of a WAV file, in place of its bytes', kind: null, isOf: like(/^UklGR.{7}QVZF/) },
  { name: 'a data URL, in place of its bytes', kind: null, isOf: like(/^data:[\w.+/-]*[;,]/i) },
];

/** Formats whose signature may come after other text. They are compared last, with more bytes. */
export const documentFormats: readonly FileFormat[] = [
  { name: 'a PDF document', kind: null, isOf: like(/^.{0,64}%PDF-/s) },
  { name: 'an SVG drawing', kind: null, isOf: markup(/^<svg[\s>]/i) },
  { name: 'an HTML page', kind: null, isOf: markup(/^<(!doctype html|html|head|body)[\s>]/i) },
];
