import { CANONICAL_RATE } from './read-sound.ts';

const HEADER_BYTES = 44;
const BYTES = 2;

/** A canonical sound: a WAV file of one channel, 16 kHz, 16 bits. Equal samples give equal bytes. */
export function canonicalWav(samples: Int16Array): Uint8Array {
  const file = Buffer.alloc(HEADER_BYTES + BYTES * samples.length);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(file.length - 8, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(CANONICAL_RATE, 24);
  file.writeUInt32LE(BYTES * CANONICAL_RATE, 28);
  file.writeUInt16LE(BYTES, 32);
  file.writeUInt16LE(8 * BYTES, 34);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(BYTES * samples.length, 40);
  for (const [i, sample] of samples.entries()) file.writeInt16LE(sample, HEADER_BYTES + BYTES * i);
  return new Uint8Array(file.buffer, file.byteOffset, file.length);
}
