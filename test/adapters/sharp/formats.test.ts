import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { damaged, formatOf } from '../../../src/adapters/sharp/formats.ts';

const bytes = (text: string) => Buffer.from(text.padEnd(64, '\0'), 'latin1');
const box = (brand: string, compatible = '') => bytes(`\0\0\0\x1cftyp${brand}\0\0\0\0${compatible}`);

const refused: Readonly<Record<string, readonly Buffer[]>> = {
  'a HEIC picture': ['heic', 'heix', 'heim', 'heis', 'hevc', 'mif1', 'msf1'].map((brand) =>
    box(brand, 'mif1heic'),
  ),
  'an AVIF picture': [box('avif'), box('avis'), box('mif1', 'mif1avif')],
  'a TIFF picture': [bytes('II*\0\x08\0\0\0'), bytes('MM\0*\0\0\0\x08'), bytes('II+\0\x08\0\0\0')],
  "a camera's raw picture": [bytes('II*\0\x10\0\0\0CR\x02\0'), box('crx '), bytes('FUJIFILMCCD-RAW 0201')],
  'a GIF picture': [bytes('GIF89a'), bytes('GIF87a')],
  'a BMP picture': [bytes('BM\x36\x10\x0e\0\0\0\0\0\x36\0\0\0')],
  'an icon (ICO)': [bytes('\0\0\x01\0\x01\0\x10\x10')],
  'a JPEG XL picture': [bytes('\xff\x0a\xfa'), bytes('\0\0\0\x0cJXL \r\n\x87\n')],
  'a JPEG 2000 picture': [bytes('\0\0\0\x0cjP  \r\n\x87\n'), bytes('\xff\x4f\xff\x51')],
  'a PDF document': [bytes('%PDF-1.7'), bytes('\xef\xbb\xbf%PDF-1.4')],
  'a Photoshop document': [bytes('8BPS\0\x01')],
  'an MP4 or QuickTime file': [box('isom'), box('qt  ')],
  'a WebM or Matroska file': [bytes('\x1aE\xdf\xa3')],
  'an SVG drawing': [
    bytes('<svg xmlns="http://www.w3.org/2000/svg"/>'),
    bytes('\xef\xbb\xbf<?xml version="1.0"?>\n<!-- by hand -->\n<svg >'),
    bytes('<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "svg11.dtd">\n<svg\n>'),
  ],
  'an HTML page': [bytes('<!doctype html><html>'), bytes('\n<HTML>')],
  'a ZIP archive': [bytes('PK\x03\x04')],
  'base64 of a PNG, in place of its bytes': [bytes('iVBORw0KGgoAAAANSUhEUg')],
  'base64 of a JPEG, in place of its bytes': [bytes('/9j/4AAQSkZJRg')],
  'a data URL, in place of its bytes': [bytes('data:image/png;base64,iVBORw0KGgo')],
  'a WAV file': [bytes('RIFF\0\0\0\0WAVEfmt ')],
  'an empty file': [Buffer.alloc(0)],
  '5 bytes that start with "hello"': [Buffer.from('hello')],
};

describe('the format of a file', () => {
  it.each(Object.entries(refused))('%s is named, with the formats that are accepted', (name, files) => {
    for (const file of files) {
      expect(() => formatOf(file)).toThrow(`Expected a PNG, JPEG or WebP file, got ${name}`);
    }
  });

  it.each(['png', 'jpeg', 'webp'] as const)('%s is accepted', async (format) => {
    const file = await sharp({ create: { width: 9, height: 9, channels: 3, background: '#fff' } })
      .toFormat(format)
      .toBuffer();
    expect(formatOf(file).toLowerCase()).toBe(format);
  });

  it.each(['gif', 'tiff', 'avif'] as const)('a %s that libvips writes is named', async (format) => {
    const file = await sharp({ create: { width: 9, height: 9, channels: 3, background: '#fff' } })
      .toFormat(format)
      .toBuffer();
    expect(() => formatOf(file)).toThrow(format.toUpperCase());
  });

  it.each(['<!---->', '<?xml?>', '<!--?>-->', '<!DOCTYPE svg>', ' <!-- --> '])(
    'is soon found not to be markup where %j is repeated',
    (piece) => {
      const start = performance.now();
      expect(() => formatOf(Buffer.from(piece.repeat(200)))).toThrow('bytes that start with');
      expect(performance.now() - start).toBeLessThan(2000);
    },
  );
});

describe('the reason why a file is damaged', () => {
  const whole = Buffer.from('IEND');

  it.each([
    ['VipsJpeg: premature end of JPEG image\nVipsJpeg: again', 'VipsJpeg: premature end of JPEG image'],
    ['Input buffer has corrupt header: webp: unable to parse image', 'webp: unable to parse image'],
    [`a${'b'.repeat(500)}`, `a${'b'.repeat(159)}`],
    ['\u0007bell', '?bell'],
  ])('of %j is given in one short line', (message, reason) => {
    expect(damaged(new Error(message), whole, 'PNG').message).toBe(
      `Expected a PNG, JPEG or WebP file, got a damaged or incomplete file (${reason})`,
    );
  });

  it.each(['', 'Unknown error'])('is left out if the decoder gives none (%j)', (message) => {
    expect(damaged(new Error(message), whole, 'PNG').details.got).toBe('a damaged or incomplete file');
  });

  it.each([
    ['PNG', '89504e470d0a1a0a0000000d49484452'],
    ['JPEG', 'ffd8ffe00004ffd9ffc00004ffda00040102'],
    ['WebP', '524946460a00000057454250'],
  ] as const)('is found from the file where a %s ends early', (format, start) => {
    const message = 'VipsJpeg: the words of another picture';
    expect(damaged(new Error(message), Buffer.from(start, 'hex'), format).details.got).toBe(
      'a damaged or incomplete file (the file ends early)',
    );
  });
});
