/** A part of a sound. */
export interface Segment {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  /** Bytes in the file. */
  readonly start: number;
  readonly end: number;
}

const MOST_SEGMENTS = 24;
const LEAST_SECONDS = 0.05;

/** Equal parts of a WAV file in canonical form: 16 kHz, one channel, 16 bits, with one `data` chunk. */
export function segmentsOf(file: Uint8Array): readonly Segment[] {
  const { start, end, rate } = samplesIn(file);
  const samples = (end - start) / 2;
  const size = Math.max(Math.ceil(samples / MOST_SEGMENTS), Math.ceil(rate * LEAST_SECONDS));
  return Array.from({ length: Math.ceil(samples / size) }, (_, i) => {
    const [from, to] = [i * size, Math.min(samples, (i + 1) * size)];
    return {
      fromSeconds: from / rate,
      toSeconds: to / rate,
      start: start + 2 * from,
      end: start + 2 * to,
    };
  });
}

/** The file with silence in place of a segment. */
export function withoutSegment(file: Uint8Array, { start, end }: Segment): Uint8Array {
  return Uint8Array.from(file).fill(0, start, end);
}

function samplesIn(file: Uint8Array): { start: number; end: number; rate: number } {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const rate = view.getUint32(24, true);
  let at = 12;
  while (at + 8 <= file.length) {
    const size = view.getUint32(at + 4, true);
    const name = String.fromCharCode(...file.subarray(at, at + 4));
    if (name === 'data') return { start: at + 8, end: Math.min(file.length, at + 8 + size), rate };
    at += 8 + size + (size % 2);
  }
  throw new RangeError('Expected a WAV file with a data chunk');
}
