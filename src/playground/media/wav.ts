const HEADER_BYTES = 44;

/**
 * A WAV file of one channel of 16-bit samples.
 *
 * @param chunks samples from −1 to 1, in order
 * @param rate samples per second
 * @see http://soundfile.sapp.org/doc/WaveFormat/
 */
export function wavOf(chunks: readonly Float32Array[], rate: number): Uint8Array<ArrayBuffer> {
  const samples = chunks.reduce((sum, { length }) => sum + length, 0);
  const view = new DataView(new ArrayBuffer(HEADER_BYTES + 2 * samples));
  const text = (at: number, letters: string) =>
    [...letters].forEach((letter, i) => void view.setUint8(at + i, letter.charCodeAt(0)));
  text(0, 'RIFF');
  view.setUint32(4, view.byteLength - 8, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, 2 * rate, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, 'data');
  view.setUint32(40, 2 * samples, true);
  let at = HEADER_BYTES;
  for (const chunk of chunks) {
    for (const sample of chunk) {
      view.setInt16(at, Math.round(Math.max(-1, Math.min(1, sample)) * 0x7fff), true);
      at += 2;
    }
  }
  return new Uint8Array(view.buffer);
}
