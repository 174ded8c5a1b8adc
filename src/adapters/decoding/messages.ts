import { type ErrorCode, type ErrorDetails, InnerloopError } from '../../errors.ts';
import type { Encoder } from '../../package/encoder/encoder.ts';
import type { ImagePreprocessing } from '../../package/manifest.ts';
import type { Grid } from '../../ports/content-decoder.ts';
import type { SoundLimits } from '../audio/audio-reader.ts';
import type { PictureLimits } from '../sharp/picture-cost.ts';
import type { TextLimits } from '../text/read-text.ts';

/** The kinds of content that a thread reads. The others, rows and tensors, have nothing to decode. */
export type ReaderKind = 'text' | 'image' | 'audio';

/** `workerData` of a decoding thread. */
export interface DecodingSettings {
  readonly pictures: PictureLimits;
  readonly texts: TextLimits;
  readonly sounds: SoundLimits;
}

/** One piece of work. Its bytes are copied to the thread; a result's buffers are moved back. */
export type Job =
  | { readonly type: 'canonical'; readonly kind: ReaderKind; readonly bytes: Uint8Array }
  | {
      readonly type: 'prepare';
      readonly kind: ReaderKind;
      readonly bytes: Uint8Array;
      readonly encoder: Encoder;
    }
  | {
      readonly type: 'image';
      readonly kind: 'image';
      readonly bytes: Uint8Array;
      readonly preprocessing: ImagePreprocessing;
    }
  | {
      readonly type: 'thumbnail';
      readonly kind: 'image';
      readonly bytes: Uint8Array;
      readonly side: number;
    }
  | { readonly type: 'masked'; readonly kind: 'image'; readonly bytes: Uint8Array; readonly grid: Grid }
  | {
      readonly type: 'overlay';
      readonly kind: 'image';
      readonly contributions: Float32Array;
      readonly grid: Grid;
    }
  /** `bytes` are rows in JSON, one a line. */
  | { readonly type: 'columns'; readonly kind: 'row'; readonly bytes: Uint8Array };

/** To a thread. */
export type Request =
  | { readonly type: 'run'; readonly call: number; readonly job: Job }
  /** Answers `take`; with an error when the budget does not allow the amount. */
  | { readonly type: 'taken'; readonly call: number; readonly error?: PlainError }
  | { readonly type: 'close' };

/** From a thread. */
export type Reply =
  /** The first message: the time of a job begins after it. */
  | { readonly type: 'started' }
  /** Asks whether the budget allows an amount of more than `UNASKED`. */
  | { readonly type: 'take'; readonly call: number; readonly amount: number }
  | Settled;

/** The end of a job, with the amount that has still to be counted in its budget. */
export type Settled = { readonly call: number; readonly uncounted: number } & (
  | { readonly type: 'done'; readonly result: unknown }
  | { readonly type: 'failed'; readonly error: PlainError }
);

/** An error as plain data: threads cannot exchange instances of our class. */
export interface PlainError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: ErrorDetails;
}

export function plainError(error: unknown): PlainError {
  if (!(error instanceof InnerloopError)) {
    return { code: 'internal', message: 'A content could not be read', details: { cause: String(error) } };
  }
  const { cause, ...details } = error.details;
  return {
    code: error.code,
    message: error.message,
    details: cause === undefined ? details : { ...details, cause: String(cause) },
  };
}

export function errorOf({ code, message, details }: PlainError): InnerloopError {
  return new InnerloopError(code, message, details);
}
