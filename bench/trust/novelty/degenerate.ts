import sharp from 'sharp';
import type { Random } from '../../../src/training/random.ts';

/** Inputs that no task is about, made one by one. */
export type Maker = (random: Random) => Promise<Uint8Array> | Uint8Array;

const SIDE = 224;
const RATE = 16_000;

export const pictures: Readonly<Record<string, Maker>> = {
  'one colour': (random) => {
    const [r = 0, g = 0, b = 0] = Array.from({ length: 3 }, () => random.integer(256));
    return png(() => [r, g, b]);
  },
  'black or white': (random) => {
    const value = 255 * random.integer(2);
    return png(() => [value, value, value]);
  },
  'Gaussian noise': (random) => png(() => Array.from({ length: 3 }, () => 128 + 64 * random.normal())),
  'saturated noise': (random) => png(() => Array.from({ length: 3 }, () => 255 * random.integer(2))),
  'a colour gradient': (random) => {
    const ends = Array.from({ length: 6 }, () => random.integer(256));
    return png((row, column) =>
      [0, 1, 2].map((i) => ((ends[i] as number) * row + (ends[i + 3] as number) * column) / (2 * SIDE)),
    );
  },
  'a page of text': (random) => {
    const lines = Array.from(
      { length: 12 },
      (_, i) =>
        `<text x="8" y="${18 + 17 * i}" font-size="14" font-family="sans-serif">${letters(random, 28)}</text>`,
    );
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${SIDE}" height="${SIDE}"><rect width="100%" height="100%" fill="white"/>${lines.join('')}</svg>`;
    return sharp(Buffer.from(svg)).png().toBuffer();
  },
};

export const texts: Readonly<Record<string, Maker>> = {
  'spaces only': () => Buffer.from('   '),
  'random letters': (random) => Buffer.from(letters(random, 40)),
  'digits and signs': (random) =>
    Buffer.from(Array.from({ length: 30 }, () => '0123456789#%&()[]{}*+-/=_;'[random.integer(26)]).join('')),
  'one character': (random) => Buffer.from(String.fromCharCode(97 + random.integer(26))),
  'one word, 200 times': (random) => Buffer.from(`${letters(random, 6).trim()} `.repeat(200)),
};

export const sounds: Readonly<Record<string, Maker>> = {
  silence: () => wav(() => 0),
  'white noise': (random) => wav(() => 0.2 * random.normal()),
  'saturated noise': (random) => wav(() => 2 * random.integer(2) - 1),
  'a tone': (random) => {
    const step = (2 * Math.PI * (200 + random.integer(2000))) / RATE;
    return wav((i) => 0.5 * Math.sin(step * i));
  },
};

function png(colour: (row: number, column: number) => readonly number[]): Promise<Uint8Array> {
  const data = Uint8ClampedArray.from(
    Array.from({ length: SIDE * SIDE }, (_, i) => colour(Math.floor(i / SIDE), i % SIDE)).flat(),
  );
  return sharp(data, { raw: { width: SIDE, height: SIDE, channels: 3 } })
    .png()
    .toBuffer();
}

function letters(random: Random, count: number): string {
  return Array.from({ length: count }, () => 'abcdefghijklmnopqrstuvwxyz     '[random.integer(31)]).join('');
}

/** One second of 16 kHz, 16 bits, one channel. */
function wav(sample: (i: number) => number): Uint8Array {
  const bytes = Buffer.alloc(44 + 2 * RATE);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(36 + 2 * RATE, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(RATE, 24);
  bytes.writeUInt32LE(2 * RATE, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(2 * RATE, 40);
  for (let i = 0; i < RATE; i++)
    bytes.writeInt16LE(Math.round(32767 * Math.max(-1, Math.min(1, sample(i)))), 44 + 2 * i);
  return bytes;
}
