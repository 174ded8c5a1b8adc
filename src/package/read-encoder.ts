import type { EncoderManifest } from './encoder.ts';

/** An encoder on disk, verified. Its weights stay in their file, which the runtime maps. */
export interface Encoder {
  readonly manifest: EncoderManifest;
  /** The folder that holds the files of the manifest. */
  readonly folder: string;
}
