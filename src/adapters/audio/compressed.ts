import { InnerloopError } from '../../errors.ts';
import { type Decoded, decoders } from './decoders.ts';
import { endsEarly } from './ends-early.ts';
import { type CompressedFormat, damaged } from './formats.ts';
import type { SoundSink } from './sound-sink.ts';

/** Bytes of a file that are decoded at once: about a second of a compressed sound. */
const PART = 2 ** 14;

/** Bytes without a sample after which the rest counts as damaged: looking for a frame in noise takes seconds per megabyte. */
const MAX_GAP = 2 ** 18;

/** Decodes part by part until the sink is full. @throws InnerloopError `invalid_audio` */
export async function readCompressed(
  file: Uint8Array,
  format: CompressedFormat,
  sink: SoundSink,
): Promise<void> {
  const decoder = await decoders[format]();
  let [samples, rate, gap] = [0, 0, 0];
  const put = ({ channelData, samplesDecoded, sampleRate, errors }: Decoded): boolean => {
    // MP3 frames refer to earlier ones, so a file that was cut from another one starts with an error.
    if (errors[0] && format !== 'MP3') throw damaged(format, 'a part cannot be decoded', errors[0].message);
    gap = samplesDecoded === 0 ? gap + PART : 0;
    if (gap > MAX_GAP) throw damaged(format, `no sound in ${MAX_GAP} bytes`);
    if (samplesDecoded === 0) return true;
    samples += samplesDecoded;
    rate = sampleRate;
    sink.start(sampleRate, channelData.length);
    return sink.add(channelData);
  };
  try {
    for (let at = tagBytes(file); at < file.length; at += PART)
      if (!put(await quietly(() => decoder.decode(file.subarray(at, at + PART))))) return;
    if (!put(await quietly(() => decoder.flush()))) return;
  } catch (cause) {
    throw cause instanceof InnerloopError ? cause : damaged(format, 'it cannot be decoded', cause);
  } finally {
    decoder.free();
  }
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  if (endsEarly[format](bytes, samples, rate)) throw damaged(format, 'parts are missing');
}

/** Size of the tag before the first frame of an MP3 file, which may hold a large picture; 0 without one. */
function tagBytes(file: Uint8Array): number {
  const [i, d, three, , , , ...size] = file.subarray(0, 10);
  const isTag = i === 0x49 && d === 0x44 && three === 0x33;
  // Each byte of the size has 7 bits.
  return isTag ? 10 + size.reduce((sum, each) => sum * 128 + (each % 128), 0) : 0;
}

/** The decoders print each damaged frame to the console. The log must not contain messages about a caller's file. */
async function quietly<Result>(decode: () => Result | Promise<Result>): Promise<Result> {
  const { error, warn } = console;
  console.error = console.warn = () => {};
  try {
    return await decode();
  } finally {
    Object.assign(console, { error, warn });
  }
}
