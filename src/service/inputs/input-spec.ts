import type { ContentKind } from '../../domain/content.ts';
import type { Encoder } from '../../package/encoder/encoder.ts';
import type { ImagePreprocessing, Manifest } from '../../package/manifest.ts';

/** What a package reads. */
export interface InputSpec {
  readonly reads: ContentKind;
  /** The shape of tensors that the package takes. For pictures, a caller can send such a tensor in place of a file. */
  readonly shape: readonly number[];
  /** How a package without an encoder prepares pictures. */
  readonly preprocessing?: ImagePreprocessing;
  /** For packages of format 2 that read features. */
  readonly encoder?: Encoder;
  /** Names of installed packages by the kind that they read, for errors. */
  readonly readers?: Readers;
}

export type Readers = Partial<Readonly<Record<ContentKind, readonly string[]>>>;

/**
 * The only place that distinguishes the formats of packages. `encoder`: the one that the package names, if any.
 */
export function inputSpecOf(
  { input: { shape, preprocessing } }: Pick<Manifest, 'input'>,
  encoder: Encoder | null,
  readers: Readers = {},
): InputSpec {
  if (preprocessing.kind === 'row') return { reads: 'row', shape: [], readers };
  if (encoder)
    return { reads: encoder.manifest.preparation.kind, shape: tensorShape(encoder), encoder, readers };
  const sizes = shape.map(Number);
  if (preprocessing.kind === 'image') return { reads: 'image', shape: sizes, preprocessing, readers };
  return { reads: 'tensor', shape: sizes, readers };
}

/** A picture can be sent as the input of the encoder, and numbers are that input. */
function tensorShape({ manifest: { preparation, inputs } }: Encoder): readonly number[] {
  const { kind } = preparation;
  return kind === 'image' || kind === 'tensor' ? (inputs[0]?.shape ?? []).map(Number) : [];
}
