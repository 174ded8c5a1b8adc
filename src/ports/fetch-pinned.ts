/**
 * Brings one file, whose content is known in advance, from an https: address, a file: address or a path to `to`.
 *
 * Nothing is at `to` before the digest has been checked; a file that is there with this digest is kept, and nothing is
 * brought. An interrupted download stays beside `to`, with `.part` after its name: the next call with the same address
 * continues it, if the server still has the same file. Two calls at the same time must not share `to`.
 *
 * @throws InnerloopError `invalid_request` for another kind of address, or a digest that is none; `unavailable` when the
 * server or the file cannot be read; `invalid_package` when its size or digest is another than the stated one, or a
 * redirect leaves https or does not end
 */
export type FetchPinned = (source: string, options: FetchPinnedOptions) => Promise<void>;

export interface FetchPinnedOptions {
  /** 64 hexadecimal digits. */
  readonly sha256: string;
  /** Larger files are refused, before or while they arrive. */
  readonly maxBytes: number;
  /** Path of the file to write. Its folder must exist. */
  readonly to: string;
  readonly signal?: AbortSignal | undefined;
  /** Called with the bytes so far, those of an earlier call included. `total` is null when the server does not say it. */
  readonly onProgress?: ((done: number, total: number | null) => void) | undefined;
}
