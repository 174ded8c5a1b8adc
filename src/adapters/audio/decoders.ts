import { FLACDecoder } from '@wasm-audio-decoders/flac';
import { OggVorbisDecoder } from '@wasm-audio-decoders/ogg-vorbis';
import CodecParser, { type CodecFrame, type OggPage, type OpusHeader } from 'codec-parser';
import { MPEGDecoder } from 'mpg123-decoder';
import { OpusDecoder } from 'opus-decoder';
import type { CompressedFormat } from './formats.ts';

/** What the decoders return for a part of a file. */
export interface Decoded {
  readonly channelData: readonly Float32Array[];
  readonly samplesDecoded: number;
  readonly sampleRate: number;
  readonly errors: readonly { readonly message: string }[];
}

/** Decodes a file in parts, in order. */
export interface Decoder {
  decode(part: Uint8Array): Decoded | Promise<Decoded>;
  /** Decodes the remaining samples after the last part. */
  flush(): Decoded | Promise<Decoded>;
  free(): void;
}

/** A new decoder of each format. Their WebAssembly is compiled once per thread. */
export const decoders: Readonly<Record<CompressedFormat, () => Promise<Decoder>>> = {
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

const nothing: Decoded = { channelData: [], samplesDecoded: 0, sampleRate: 48_000, errors: [] };
/** The parser need not compute a checksum of each frame. */
const lean = { enableFrameCRC32: false } as const;

/** The parser returns generators, which its types call iterators. */
const iterable = <Each>(iterator: Iterator<Each>): Iterable<Each> => iterator as IterableIterator<Each>;
