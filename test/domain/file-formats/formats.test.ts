import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  describeFile,
  endingsOf,
  fileKindOf,
  formatOfFile,
  isTextFile,
} from '../../../src/domain/file-formats/format-of-file.ts';
import {
  documentFormats,
  type FileFormat,
  otherFormats,
  pictureFormats,
  soundFormats,
} from '../../../src/domain/file-formats/formats.ts';

const latin1 = (text: string) => Buffer.from(text, 'latin1');
const riff = (type: string, name = 'RIFF') => `${name}\x24\0\0\0${type}`;
const box = (rest: string) => `\0\0\0\x1c${rest}`;
const page = (codec: string) => `OggS${'\0'.repeat(24)}${codec}`;

/** Shortest starts of files of each format, by its name. */
const examples: Readonly<Record<string, readonly string[]>> = {
  'a JPEG picture': ['\xff\xd8\xff'],
  'a PNG picture': ['\x89PNG\r\n\x1a\n'],
  'a WebP picture': [riff('WEBP')],
  'a WAV file': [riff('WAVE')],
  'a FLAC file': ['fLaC\0', 'fLaC\x80'],
  'an MP3 file': ['ID3\x02', 'ID3\x04', '\xff\xe3', '\xff\xfb'],
  'an OGG Vorbis file': [page('\x01vorbis')],
  'an OGG Opus file': [page('OpusHead')],
  'an OGG FLAC file': [page('\x7fFLAC')],
  'an AVIF picture': [box('ftypavif'), box('ftypmif1\0\0\0\0mif1avif')],
  'a HEIC picture': [box('ftypheic'), box('ftyphevx'), box('ftypmif1\0\0\0\0mif1heic')],
  "a camera's raw picture": [
    box('ftypcrx '),
    'II*\0\x10\0\0\0CR',
    'IIRO\x08\0',
    'IIU\0',
    'FUJIFILMCCD-RAW 0201FF389501X100\0',
  ],
  'an M4A file': [box('ftypM4A ')],
  'a 3GP file': [box('ftyp3gp4')],
  'an MP4 or QuickTime file': [box('ftypisom'), box('ftypqt  '), box('moov'), '\0\0\0\x08wide'],
  'a TIFF picture': ['II*\0\x08\0\0\0', 'MM\0*', 'II+\0'],
  'a GIF picture': ['GIF89a\x01\0\x01\0', 'GIF87a\x80\x20\x80\x20\xf7\0'],
  'a BMP picture': ['BM\x36\x10\x0e\0\0\0\0\0'],
  'an icon (ICO)': ['\0\0\x01\0\x01\0'],
  'a cursor (CUR)': ['\0\0\x02\0\x01\0'],
  'a JPEG XL picture': ['\xff\x0a', '\0\0\0\x0cJXL \r\n\x87\n'],
  'a JPEG 2000 picture': ['\xff\x4f\xff\x51', '\0\0\0\x0cjP  \r\n\x87\n'],
  'a Photoshop document': ['8BPS\0\x01'],
  'a GIMP document': ['gimp xcf file\0', 'gimp xcf v011\0'],
  'an OpenEXR picture': ['\x76\x2f\x31\x01'],
  'a DDS picture': ['DDS |\0\0\0'],
  'a QOI picture': ['qoif\0\0\0\x10\0\0\0\x10\x04\0'],
  'a FLIF picture': ['FLIF31'],
  'a PNM picture': ['P6\n640 480\n255\n', 'P3 2 2 255', 'P5\n# by hand\n', 'P7\nWIDTH 4\n'],
  'a Radiance HDR picture': ['#?RADIANCE\n'],
  'an OGG file of Speex': [page('Speex   ')],
  'an OGG video': [page('\x80theora')],
  'an OGG file of another codec': [page('PCM     ')],
  'a WAV file of 64 bits': ['RF64\xff\xff\xff\xffWAVE', 'riff\x2e\x91\xcf\x11'],
  'a WAV file with the high byte first (RIFX)': [riff('WAVE', 'RIFX')],
  'an AAC file': ['\xff\xf0', '\xff\xf1', '\xff\xf8', '\xff\xf9'],
  'an AAC file (ADIF)': ['ADIF'],
  'an MP2 file': ['\xff\xfd'],
  'an AMR file': ['#!AMR\n\x3c\x08', '#!AMR-WB\n\x04'],
  'an AIFF file': [riff('AIFF', 'FORM'), riff('AIFC', 'FORM')],
  'a CAF file': ['caff\0\x01'],
  'a WMA or WMV file': ['0&\xb2u\x8ef\xcf\x11'],
  'an AC-3 file': ['\x0bw'],
  'an AU file': ['.snd\0\0\0\x18'],
  "a Monkey's Audio file": ['MAC \x96\x0f'],
  'a WavPack file': ['wvpk\x10\x20\0\0\x10\x04'],
  'a MIDI file': ['MThd\0\0\0\x06'],
  'a WebM or Matroska file': ['\x1aE\xdf\xa3'],
  'an AVI video': [riff('AVI ')],
  'a PostScript document': ['%!PS-Adobe-3.0'],
  'a ZIP archive': ['PK\x03\x04'],
  'a gzip file': ['\x1f\x8b'],
  'base64 of a PNG, in place of its bytes': ['iVBORw0KGgo'],
  'base64 of a JPEG, in place of its bytes': ['/9j/4AAQ'],
  'base64 of a WebP, in place of its bytes': [latin1(riff('WEBP')).toString('base64')],
  'base64 of a WAV file, in place of its bytes': [latin1(riff('WAVE')).toString('base64')],
  'a data URL, in place of its bytes': ['data:image/png;base64,iVBORw0KGgo', 'Data:,text'],
  'a PDF document': ['%PDF-1.7', '\xef\xbb\xbf%PDF-1.4'],
  'an SVG drawing': ['<svg >', `<!-- ${'by hand '.repeat(50)}-->\n<svg\n>`],
  'an HTML page': ['<!doctype html>', '\n<HTML>'],
};

const formats: readonly FileFormat[] = [
  ...pictureFormats,
  ...soundFormats,
  ...otherFormats,
  ...documentFormats,
];
const cases = Object.entries(examples).flatMap(([name, starts]) =>
  starts.map((start) => [name, start] as const),
);

describe('the format of a file', () => {
  it.each(cases)('is found where it is %s: %j', (name, start) => {
    expect(describeFile(latin1(start))).toBe(name);
    expect(describeFile(latin1(start.padEnd(2000, '\0')))).toBe(name);
  });

  it('is found by each row of the table', () => {
    const found = new Set(cases.map(([, start]) => formatOfFile(latin1(start))));
    expect(formats.filter((format) => !found.has(format))).toEqual([]);
  });

  it.each([
    ['an empty file', ''],
    ['5 bytes that start with "hello"', 'hello'],
    ['9 bytes that start with 0001020304050607', '\0\x01\x02\x03\x04\x05\x06\x07\x08'],
  ])('is unknown of others: %s', (description, start) => {
    expect(describeFile(latin1(start))).toBe(description);
    expect(formatOfFile(latin1(start))).toBeNull();
  });

  it('has a name of its own, so that messages say what was sent', () => {
    const names = formats.map(({ name, kind }) => `${name}: ${kind}`);
    // A box starts a raw picture of one maker.
    expect(names.filter((name, i) => names.indexOf(name) < i)).toEqual(["a camera's raw picture: image"]);
  });
});

describe('the kind of a file', () => {
  const withKind = cases.filter(([, start]) => fileKindOf(latin1(start)) !== null);

  it.each([
    ['a GIF picture', 'image'],
    ['a JPEG XL picture', 'image'],
    ['an AAC file', 'audio'],
    ['an OGG video', null],
    ['an SVG drawing', null],
    ['a PDF document', null],
  ])('of %s is %s', (name, kind) => {
    for (const start of examples[name] ?? []) expect(fileKindOf(latin1(start))).toBe(kind);
  });

  it.each(withKind)('is not shown by characters alone: %s, %j', (_name, start) => {
    for (const character of [' ', 'e', '2', '\t', '\n', '\v', '\f', '\r']) {
      const text = start.replace(/[^\s -~]/g, character).padEnd(64, character);
      expect([text, isTextFile(latin1(text))]).toEqual([text, true]);
    }
  });

  it('is that of a text, whatever word a sentence starts with', () => {
    const first = cases.map(([, start]) => /[!-~]{2,}/.exec(start)?.[0] ?? 'The wide');
    const words = ['is', 'was', 'format', 'of', 'files', 'I', 'lost', 'my', 'card', 'für', '格式', '2', '12'];
    const sentence = fc
      .tuple(
        fc.constantFrom(...first),
        fc.constantFrom(' ', ', ', ': ', '. ', '', ' – '),
        fc.array(fc.constantFrom(...words), { minLength: 3, maxLength: 12 }),
      )
      .map(([start, mark, rest]) => `${start}${mark}${rest.join(' ')}.`);
    fc.assert(
      fc.property(sentence, (text) => isTextFile(Buffer.from(text))),
      { numRuns: 500, seed: 1 },
    );
  });
});

it('the ends of file names are those of the formats', () => {
  expect([...endingsOf(pictureFormats)]).toEqual(['.jpg', '.jpeg', '.png', '.webp']);
  expect([...endingsOf(soundFormats)]).toEqual(['.wav', '.flac', '.mp3', '.ogg', '.oga', '.opus']);
});
