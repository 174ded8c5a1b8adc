import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { EncoderStore } from '../../cli/encoder-store.ts';
import { parseConfig } from '../../config/parse.ts';
import { buildFromFiles } from '../../encoders/build-encoder.ts';
import { type DownloadedEncoder, downloadedEncoders } from '../../encoders/catalogue.ts';
import { InnerloopError, isUnavailable } from '../../errors.ts';
import { makeFolder } from '../../make-folder.ts';
import type { Encoder } from '../../package/encoder/encoder.ts';
import { readEncoders } from '../../package/encoder/read-encoder.ts';
import type { FetchPinned } from '../../ports/fetch-pinned.ts';
import { builtEncoders, lockBuiltEncoders } from './built-encoders.ts';

/** The encoders of the server with these environment variables. `catalogue` is for tests. */
export function openEncoderStore(
  environment: Readonly<Record<string, string | undefined>>,
  fetchPinned: FetchPinned,
  catalogue: Readonly<Record<string, DownloadedEncoder>> = downloadedEncoders,
): EncoderStore {
  const config = parseConfig(environment);
  const folder = builtEncoders(config);
  const read = async () => (await Promise.all([config.ENCODERS_DIR, folder].map(readEncoders))).flat();

  return {
    folder,
    async list() {
      const present = (await read()).map(({ manifest }) => manifest);
      const digests = new Set(present.map(({ digest }) => digest));
      const missing = Object.entries(catalogue).filter(([, { digest }]) => !digests.has(digest));
      return { present, missing: missing.map(([name, { builder }]) => ({ name, bytes: bytesOf(builder) })) };
    },
    async get(name, { from, signal, onProgress }) {
      const entry = Object.hasOwn(catalogue, name) ? catalogue[name] : undefined;
      if (!entry) {
        const known = Object.keys(catalogue).join(', ');
        throw new InnerloopError(
          'invalid_request',
          `Expected an encoder among ${known}, got ${JSON.stringify(name)}`,
        );
      }
      const { builder, digest } = entry;
      await using _ = await lockBuiltEncoders(config, signal);
      const there = (await read()).find(({ manifest }) => manifest.digest === digest);
      if (there) return there;
      const downloads = join(folder, 'downloads');
      await makeFolder(downloads);
      const total = bytesOf(builder);
      const files: Uint8Array[] = [];
      for (const { url, sha256, bytes } of builder.sources) {
        const to = join(downloads, sha256);
        const before = files.reduce((sum, { length }) => sum + length, 0);
        await fetchPinned(from ?? url, {
          sha256,
          maxBytes: bytes,
          to,
          signal,
          onProgress: (done) => onProgress(before + done, total),
        }).catch((error: unknown) => {
          throw from === undefined ? withHint(error) : error;
        });
        files.push(await readFile(to));
      }
      const encoder = await buildFromFiles(folder, builder, files);
      requireDigest(encoder, digest);
      await rm(downloads, { recursive: true, force: true });
      return encoder;
    },
  };
}

const bytesOf = ({ sources }: DownloadedEncoder['builder']) =>
  sources.reduce((sum, { bytes }) => sum + bytes, 0);

/** The catalogue and the builder belong together: packages were trained on features of this digest. */
function requireDigest({ manifest: { name, digest: got } }: Encoder, expected: string): void {
  if (got === expected) return;
  throw new RangeError(`Expected ${name} with digest ${expected} from the catalogue, got ${got}`);
}

/** An address that cannot be reached: perhaps this machine has no network. */
function withHint(error: unknown): unknown {
  if (!isUnavailable(error) || !(error instanceof InnerloopError)) return error;
  const message = `${error.message}. With the file from elsewhere: --from <path>`;
  return new InnerloopError(error.code, message, { cause: error });
}
