import type { Encoder, EncoderManifest } from '../package/encoder/encoder.ts';

/** The encoders on this machine, and those that can be downloaded. */
export interface EncoderStore {
  /** Where downloaded encoders are placed. */
  readonly folder: string;
  /** The encoders on this machine, and those of the catalogue that are not on it. */
  list(): Promise<{
    readonly present: readonly EncoderManifest[];
    readonly missing: readonly { readonly name: string; readonly bytes: number }[];
  }>;
  /**
   * Downloads what the encoder is made from, checks it, and builds the encoder. It is in `folder` completely or not at
   * all. If it is there already, nothing is downloaded. `from`: another address or a file with the same content.
   * @throws InnerloopError `invalid_request` for a name that is not in the catalogue, and those of `FetchPinned`
   */
  get(name: string, options: GetOptions): Promise<Encoder>;
}

export interface GetOptions {
  readonly from?: string | undefined;
  readonly signal: AbortSignal;
  readonly onProgress: (doneBytes: number, totalBytes: number) => void;
}
