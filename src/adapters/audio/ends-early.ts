import type { CompressedFormat } from './formats.ts';

/** Whether the end of a file is missing, by what the file states about itself. */
export const endsEarly: Readonly<
  Record<CompressedFormat, (file: Buffer, samples: number, rate: number) => boolean>
> = {
  FLAC: (file, samples) => samples < flacSamples(file),
  MP3: (file, samples, rate) => samples < mp3Samples(file, rate),
  'OGG FLAC': oggEndsEarly,
  'OGG Vorbis': oggEndsEarly,
  'OGG Opus': oggEndsEarly,
};

/** The number of samples in the first block of a FLAC file; 0 when the encoder did not know it. */
function flacSamples(file: Buffer): number {
  const [high, low] = [21, 22];
  if (file.length < low + 4) return 0;
  return ((file[high] as number) % 16) * 2 ** 32 + file.readUInt32BE(low);
}

/** The last page of an OGG file has a mark. */
function oggEndsEarly(file: Buffer): boolean {
  const [flags, isLast] = [5, 4];
  const page = file.lastIndexOf('OggS', undefined, 'latin1');
  return ((file[page + flags] ?? 0) & isLast) === 0;
}

/** Samples that a decoder may leave out at both ends, because the encoder added them. */
const ENCODER_PADDING = 4 * 1152;

/** Samples that the tag in the first frame of an MP3 file promises; not positive without such a tag. */
function mp3Samples(file: Buffer, rate: number): number {
  const start = file.subarray(0, 2 ** 20);
  const tag = Math.max(start.indexOf('Xing', 0, 'latin1'), start.indexOf('Info', 0, 'latin1'));
  const [flags, count, hasCount] = [tag + 4, tag + 8, 1];
  if (tag < 0 || file.length < count + 4 || (file.readUInt32BE(flags) & hasCount) === 0) return 0;
  const samplesPerFrame = rate < 32_000 ? 576 : 1152;
  return file.readUInt32BE(count) * samplesPerFrame - ENCODER_PADDING;
}
