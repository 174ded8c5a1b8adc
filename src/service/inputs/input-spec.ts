import type { ContentKind } from '../../domain/content.ts';
import type { ImagePreprocessing, Manifest } from '../../package/manifest.ts';

/** What a package reads. */
export interface InputSpec {
  readonly reads: ContentKind;
  /** The shape of tensors that the package takes. For pictures, a caller can send such a tensor in place of a file. */
  readonly shape: readonly number[];
  /** How a package without an encoder prepares pictures. */
  readonly preprocessing?: ImagePreprocessing;
  /** Names of installed packages by the kind that they read, for errors. */
  readonly readers?: Readers;
}

export type Readers = Partial<Readonly<Record<ContentKind, readonly string[]>>>;

export function inputSpecOf({ input }: Pick<Manifest, 'input'>, readers: Readers = {}): InputSpec {
  const { shape, preprocessing } = input;
  if (preprocessing.kind === 'image') return { reads: 'image', shape, preprocessing, readers };
  return { reads: 'tensor', shape, readers };
}
