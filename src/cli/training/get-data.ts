import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../make-folder.ts';
import type { FetchPinned } from '../../ports/fetch-pinned.ts';
import { type DataFile, OMNIGLOT_FILES, omniglotSplit } from '../../training/datasets/omniglot-files.ts';
import { SPLITS } from '../../training/datasets/split-classes.ts';

export interface GetDataOptions {
  readonly folder: string;
  /** An https: address or a folder that has the same files. */
  readonly from?: string | undefined;
  readonly signal: AbortSignal;
  readonly onProgress: (doneBytes: number, totalBytes: number) => void;
  /** For tests. */
  readonly files?: readonly DataFile[];
}

/**
 * Downloads the archives of Omniglot into a folder and writes the splits. A file that is there already is not downloaded
 * again; a broken download is continued.
 * @throws InnerloopError as `FetchPinned`
 */
export async function getOmniglot(
  fetchPinned: FetchPinned,
  { folder, from, signal, onProgress, files = OMNIGLOT_FILES }: GetDataOptions,
): Promise<readonly string[]> {
  await makeFolder(join(folder, 'splits'));
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  let before = 0;
  for (const { name, url, sha256, bytes } of files) {
    await fetchPinned(from === undefined ? url : `${from.replace(/\/$/, '')}/${name}`, {
      sha256,
      maxBytes: bytes,
      to: join(folder, name),
      signal,
      onProgress: (done) => onProgress(before + done, total),
    });
    before += bytes;
    onProgress(before, total);
  }
  for (const split of SPLITS) await writeFile(join(folder, 'splits', `${split}.txt`), omniglotSplit(split));
  return [...files.map(({ name }) => name), ...SPLITS.map((split) => `splits/${split}.txt`)];
}
