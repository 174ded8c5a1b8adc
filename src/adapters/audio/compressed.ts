import { FLACDecoder } from '@wasm-audio-decoders/flac';
import { OggVorbisDecoder } from '@wasm-audio-decoders/ogg-vorbis';
import CodecParser, { type CodecFrame, type OggPage, type OpusHeader } from 'codec-parser';
import { MPEGDecoder } from 'mpg123-decoder';
import { OpusDecoder } from 'opus-decoder';
import { InnerloopError } from '../../errors.ts';
import { damaged, type SoundFormat } from './formats.ts';
import type { SoundSink } from './sound-sink.ts';

/** What the decoders return for a part of a file. */
interface Decoded {
  readonly channelData: readonly Float32Array[];
  readonly samplesDecoded: number;
  readonly sampleRate: number;
}

/** Decodes a file in parts, in order. */
interface Decoder {
  decode(part: Uint8Array): Decoded | Promise<Decoded>;
  /** Decodes what is left after the last part. */
  flush(): Decoded | Promise<Decoded>;
  free(): void;
}

/** Bytes of a file that are decoded at once: about a second of a compressed sound. */
const PART = 2 ** 14;

/** Decodes part by part until the sink is full. @throws InnerloopError `invalid_audio` */
export async function readCompressed(
  file: Uint8Array,
  format: Exclude<SoundFormat, 'WAV'>,
  sink: SoundSink,
): Promise<void> {
  const decoder = await decoders[format]();
  const put = ({ channelData, samplesDecoded, sampleRate }: Decoded): boolean => {
    if (samplesDecoded === 0) return true;
    sink.start(sampleRate, channelData.length);
    return sink.add(channelData);
  };
  try {
    for (let at = 0; at < file.length; at += PART)
      if (!put(await quietly(() => decoder.decode(file.subarray(at, at + PART))))) return;
    put(await quietly(() => decoder.flush()));
  } catch (cause) {
    throw cause instanceof InnerloopError ? cause : damaged(format, 'it cannot be decoded', cause);
  } finally {
    decoder.free();
  }
}

const decoders: Readonly<Record<Exclude<SoundFormat, 'WAV'>, () => Promise<Decoder>>> = {
  FLAC: () => ready(new FLACDecoder()),
  'OGG FLAC': () => ready(new FLACDecoder()),
  'OGG Vorbis': () => ready(new OggVorbisDecoder()),
  'OGG Opus': opus,
  MP3: mp3,
};

async function ready<Each extends { readonly ready: Promise<void> }>(decoder: Each): Promise<Each> {
  await decoder.ready;
  return decoder;
}

async function mp3(): Promise<Decoder> {
  const [parser, decoder] = [new CodecParser<CodecFrame>('audio/mpeg', lean), await ready(new MPEGDecoder())];
  const decode = (frames: Iterable<CodecFrame>) =>
    decoder.decodeFrames(Array.from(frames, ({ data }) => data));
  return {
    decode: (part) => decode(iterable(parser.parseChunk(part))),
    flush: () => decode(iterable(parser.flush())),
    free: () => decoder.free(),
  };
}

/** The header of an Opus file says how to decode it, so the decoder is made when the first frame has been found. */
async function opus(): Promise<Decoder> {
  const parser = new CodecParser<OggPage>('audio/ogg', lean);
  let decoder: OpusDecoder | undefined;
  const decode = async (pages: Iterable<OggPage>): Promise<Decoded> => {
    const frames = Array.from(pages).flatMap(({ codecFrames }) => codecFrames);
    const [first] = frames;
    if (!decoder && first) decoder = await ready(new OpusDecoder(first.header as OpusHeader as object));
    return decoder?.decodeFrames(frames.map(({ data }) => data)) ?? nothing;
  };
  return {
    decode: (part) => decode(iterable(parser.parseChunk(part))),
    flush: () => decode(iterable(parser.flush())),
    free: () => decoder?.free(),
  };
}

const nothing: Decoded = { channelData: [], samplesDecoded: 0, sampleRate: 48_000 };
/** The parser need not compute a checksum of each frame. */
const lean = { enableFrameCRC32: false } as const;

/** The parser returns generators, which its types call iterators. */
const iterable = <Each>(iterator: Iterator<Each>): Iterable<Each> => iterator as IterableIterator<Each>;

/** The decoders print each damaged frame to the console. A caller's file is no concern of the log. */
async function quietly<Result>(decode: () => Result | Promise<Result>): Promise<Result> {
  const { error, warn } = console;
  console.error = console.warn = () => {};
  try {
    return await decode();
  } finally {
    Object.assign(console, { error, warn });
  }
}
