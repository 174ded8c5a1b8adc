import { invalidSound } from './formats.ts';

/** Lowest and highest sampling rate of files. Telephones use 8 kHz, studios up to 192 kHz. */
const [MIN_RATE, MAX_RATE] = [1_000, 384_000];
const MAX_CHANNELS = 32;

/** A sound of one channel. */
export interface Sound {
  readonly samples: Float32Array;
  readonly rate: number;
}

/** Takes the samples of a decoder, block by block. */
export interface SoundSink {
  /**
   * Must be called before `add`. May be called again with the same values.
   * @param frames The length of the sound, if the file states it.
   * @throws InnerloopError `invalid_audio`
   */
  start(rate: number, channels: number, frames?: number): void;
  /**
   * Adds a block: one array per channel, in −1…1. False when the sound is longer than the limit. The decoder must then stop, so
   * that a file of several hours takes no more time than a file of several seconds.
   */
  add(channels: readonly Float32Array[]): boolean;
}

export interface CollectingSink extends SoundSink {
  /** All samples. @throws InnerloopError `invalid_audio` when the sound is longer than the limit, or has no samples */
  sound(): Sound;
}

/** Keeps the mean of the channels. */
export function createSoundSink(maxSeconds: number): CollectingSink {
  const blocks: Float32Array[] = [];
  let [rate, channels, length] = [0, 0, 0];
  const isTooLong = () => length > maxSeconds * rate;

  return {
    start(statedRate, statedChannels, frames = 0) {
      requireInRange('a sampling rate of', ' Hz', statedRate, MIN_RATE, MAX_RATE);
      requireInRange('', ' channels', statedChannels, 1, MAX_CHANNELS);
      if (rate !== 0 && (rate !== statedRate || channels !== statedChannels))
        throw invalidSound('one sampling rate and one number of channels in a file', 'several');
      [rate, channels] = [statedRate, statedChannels];
      if (frames > maxSeconds * rate) throw tooLong(maxSeconds, `${Math.ceil(frames / rate)} seconds`);
    },
    add(block) {
      const samples = meanOf(block);
      blocks.push(samples);
      length += samples.length;
      return !isTooLong();
    },
    sound() {
      if (isTooLong()) throw tooLong(maxSeconds, 'a longer one');
      if (length === 0) throw invalidSound('a sound', 'a file without samples');
      const samples = new Float32Array(length);
      let offset = 0;
      for (const block of blocks) {
        samples.set(block, offset);
        offset += block.length;
      }
      return { samples, rate };
    },
  };
}

const tooLong = (maxSeconds: number, got: string) =>
  invalidSound(`a sound of at most ${maxSeconds} seconds`, got);

function requireInRange(what: string, unit: string, got: number, minimum: number, maximum: number): void {
  if (got >= minimum && got <= maximum) return;
  throw invalidSound(`${what} ${minimum} to ${maximum}${unit}`.trim(), `${got}`);
}

function meanOf(block: readonly Float32Array[]): Float32Array {
  const [first = new Float32Array(0), ...others] = block;
  if (others.length === 0) return first;
  return first.map(
    (value, i) => others.reduce((sum, each) => sum + (each[i] as number), value) / block.length,
  );
}
