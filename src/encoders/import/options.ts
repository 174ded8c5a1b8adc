import type { Preparation } from '../../package/encoder/preparation.ts';
import type { EncoderDraft } from '../../package/encoder/write-encoder.ts';

/** What kind of content an imported network reads. `vector`: numbers as they are. */
export type ImportKind = 'image' | 'text' | 'audio' | 'vector';
export const IMPORT_KINDS: readonly ImportKind[] = ['image', 'text', 'audio', 'vector'];

/** How pictures, texts and sounds are prepared, where the files beside the model do not say it. */
export interface PreparationOptions {
  /** Side of the pictures in pixels. Default: that of the model, else 224. */
  readonly size?: number;
  readonly fit?: 'cover' | 'contain' | 'fill';
  /** One number for each channel, for values 0…1. Default: those of ImageNet. */
  readonly mean?: readonly number[];
  readonly deviation?: readonly number[];
  /** Default: the length of the model's input, else 128. */
  readonly maxTokens?: number;
  /** In Hz. Default: 16,000. */
  readonly sampleRate?: number;
  /** Samples of the model's input where its length is free. Default: 4 seconds. */
  readonly samples?: number;
}

/** The files that exporters put beside a model, as far as they are there. */
export interface FilesBeside {
  readonly 'preprocessor_config.json'?: Uint8Array;
  readonly 'config.json'?: Uint8Array;
  readonly 'tokenizer_config.json'?: Uint8Array;
  readonly 'tokenizer.json'?: Uint8Array;
}

/** The file that holds the values of a model larger than its own file. */
export interface WeightsBeside {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface ImportOptions {
  /** The name of the encoder. */
  readonly name: string;
  readonly version?: string;
  readonly license?: string;
  /** Where the model comes from. */
  readonly source: EncoderDraft['facts']['sources'][number];
  readonly kind: ImportKind;
  /** Name of the tensor or the node whose result are the features. Default: what the last classifier reads. */
  readonly layer?: string;
  /** How the tokens of a result [1, tokens, d] become one vector: their mean (default), or the first one. */
  readonly pooling?: 'mean' | 'first';
  readonly preparation?: PreparationOptions;
  readonly files?: FilesBeside;
  readonly weights?: WeightsBeside;
  /** The maximum number of bytes of weights (setting IMPORT_MAX_BYTES). */
  readonly maxBytes: number;
}

/** What was found in a model. */
export interface ImportReport {
  readonly inputs: readonly string[];
  readonly features: { readonly tensor: string; readonly size: number; readonly pooling: string };
  readonly preparation: Preparation;
  readonly operators: ReadonlyMap<string, number>;
  /** `values`: read, so that gradients and other transforms work. `frozen`: runs as its file has it. */
  readonly form: 'values' | 'frozen';
  readonly weightBytes: number;
  /** The largest difference from the original, relative to the largest feature. */
  readonly difference: number;
  readonly notes: readonly string[];
}

export interface ImportedModel {
  readonly draft: EncoderDraft;
  readonly report: ImportReport;
}

/** A tensor as a foreign model takes or gives it. */
export interface ForeignTensor {
  readonly type: 'float32' | 'float64' | 'float16' | 'int64' | 'int32' | 'uint8' | 'bool';
  readonly shape: readonly number[];
  readonly numbers: Float32Array | Float64Array;
}

type ForeignTensors = Readonly<Record<string, ForeignTensor>>;

/** Runs a model, whose values are all inside, once for each of `runs`. Answers `outputs` of each. */
export type RunForeign = (
  model: Uint8Array,
  runs: readonly ForeignTensors[],
  outputs: readonly string[],
) => Promise<readonly ForeignTensors[]>;
