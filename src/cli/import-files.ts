import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { FilesBeside, ImportOptions, WeightsBeside } from '../encoders/import/options.ts';
import { InnerloopError } from '../errors.ts';
import { makeFolder } from '../make-folder.ts';
import { ENCODER_FILES } from '../package/encoder/encoder.ts';
import { isSystemError } from '../package/files.ts';
import { readFile } from '../package/read-file.ts';
import type { CliContext, Importing } from './context.ts';
import { createProgress } from './display/progress.ts';

/** The setting that limits the bytes of a model. */
const SETTING = 'IMPORT_MAX_BYTES';

interface GivenModel {
  readonly model?: string | undefined;
  readonly from?: string | undefined;
  readonly sha256?: string | undefined;
}

interface ModelFile {
  readonly bytes: Uint8Array;
  readonly source: ImportOptions['source'];
  /**
   * Its path beside the other files of its export; undefined if a digest pins it, because the digest covers no other
   * file.
   */
  readonly path: string | undefined;
}

/**
 * The model by its path, or by `--from` and `--sha256`: then it is fetched, and its digest is checked before it is read.
 * @throws InnerloopError `invalid_request` unless exactly one of both is given; otherwise as `FetchPinned`
 */
export async function modelFile(
  { model, from, sha256 }: GivenModel,
  importing: Importing,
  context: CliContext,
): Promise<ModelFile> {
  if (from === undefined) {
    if (sha256 !== undefined) throw invalid('Expected --from with --sha256: it pins what is fetched');
    if (model === undefined) throw invalid('Expected MODEL, or --from and --sha256; see --help');
    const bytes = await readFile(model, importing.maxBytes, SETTING);
    return { bytes, source: sourceOf(`file:${basename(model)}`, digestOf(bytes)), path: model };
  }
  if (model !== undefined) throw invalid(`Expected MODEL or --from, got both: ${model} and --from`);
  if (sha256 === undefined) throw invalid('Expected --sha256 with --from: the digest of the model');
  const bytes = await fetched(from, sha256.toLowerCase(), importing, context);
  return { bytes, source: sourceOf(originOf(from), sha256.toLowerCase()), path: undefined };
}

/** A broken download stays, and the same command continues it. A whole one is removed. */
async function fetched(
  from: string,
  sha256: string,
  { folder, maxBytes, lock }: Importing,
  { fetchPinned, stderr, clock, signal }: CliContext,
): Promise<Uint8Array> {
  await using _ = await lock(signal);
  const downloads = join(folder, 'downloads');
  await makeFolder(downloads);
  // `fetchPinned` refuses a text that is not a digest before it writes a file.
  const to = join(downloads, basename(sha256));
  const display = createProgress({ name: `${nameOf(originOf(from))}, kB`, stream: stderr, clock });
  try {
    await fetchPinned(from, {
      sha256,
      maxBytes,
      to,
      signal,
      onProgress: (done, total) =>
        display.update({ done: kilobytes(done), total: kilobytes(total ?? done), notes: [] }),
    });
  } finally {
    display.stop();
  }
  const bytes = await readFile(to, maxBytes, SETTING);
  await rm(to);
  return bytes;
}

const kilobytes = (bytes: number) => Math.round(bytes / 1000);
const digestOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const nameOf = (origin: string) => basename(URL.canParse(origin) ? new URL(origin).pathname : origin);
const sourceOf = (origin: string, sha256: string): ImportOptions['source'] => ({
  file: nameOf(origin),
  origin,
  sha256: `sha256:${sha256}`,
});

/** An address without its query, which may hold a secret; of a file its name, since paths tell about a machine. */
function originOf(from: string): string {
  const url = URL.canParse(from) ? new URL(from) : undefined;
  if (url?.protocol === 'https:') return `${url.origin}${url.pathname}`;
  return `file:${basename(from)}`;
}

const invalid = (message: string) => new InnerloopError('invalid_request', message);

/** Only for a file that need not be there. */
const NOT_THERE = (error: unknown) => {
  const cause = error instanceof Error ? error.cause : undefined;
  if (isSystemError(cause) && cause.code === 'ENOENT') return undefined;
  throw error;
};

const MAX_BESIDE_BYTES = ENCODER_FILES['tokenizer.json'];

/** The files that exporters put beside the model at `model`. For a download, only the given tokenizer. */
export async function filesBeside(
  model: string | undefined,
  tokenizer: string | undefined,
): Promise<FilesBeside> {
  const names = [
    'preprocessor_config.json',
    'config.json',
    'tokenizer_config.json',
    'tokenizer.json',
  ] as const;
  const found = await Promise.all(
    names.map(async (name) => {
      const isGiven = name === 'tokenizer.json' && tokenizer !== undefined;
      const path = isGiven ? tokenizer : model && join(dirname(model), name);
      if (!path) return [];
      const bytes = await readFile(path, MAX_BESIDE_BYTES).catch(
        isGiven ? (error) => Promise.reject(error) : NOT_THERE,
      );
      return bytes ? [[name, bytes] as const] : [];
    }),
  );
  return Object.fromEntries(found.flat());
}

/** The one file of values: by option, or by the names that PyTorch and Optimum give it. */
export async function weightsBeside(
  model: string | undefined,
  given: string | undefined,
  maxBytes: number,
): Promise<WeightsBeside | undefined> {
  const names = model === undefined ? [] : [`${model}.data`, `${model}_data`];
  for (const path of given === undefined ? names : [given]) {
    const bytes = await readFile(path, maxBytes, SETTING).catch(given === undefined ? NOT_THERE : undefined);
    if (bytes) return { name: basename(path), bytes };
  }
  return undefined;
}
