import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InnerloopError } from '../errors.ts';
import type { Encoder } from '../package/encoder/encoder.ts';
import { writeEncoder } from '../package/encoder/write-encoder.ts';
import type { Draft, EncoderBuilder, NpmFile, WebFile } from './builder.ts';

/** The folder in which npm has put the sources. */
const NODE_MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url));

/**
 * Builds `<directory>/<name>` from the sources of the builder, which npm has installed.
 * @throws InnerloopError `invalid_config` when a source is missing or is another file than the pinned one
 */
export async function buildEncoder(directory: string, { sources, build }: EncoderBuilder): Promise<Encoder> {
  const draft = await build(await Promise.all(sources.map((each) => readSource(each))));
  return write(
    directory,
    draft,
    sources.map(({ package: origin, ...each }) => ({ ...each, origin: `npm:${origin}` })),
  );
}

/** Builds `<directory>/<name>` from downloaded `files`, whose digests have been checked. */
export async function buildFromFiles(
  directory: string,
  { sources, build }: EncoderBuilder<WebFile>,
  files: readonly Uint8Array[],
): Promise<Encoder> {
  return write(
    directory,
    await build(files),
    sources.map(({ url, sha256 }) => ({ file: basename(new URL(url).pathname), origin: url, sha256 })),
  );
}

interface Origin {
  readonly file: string;
  readonly origin: string;
  readonly sha256: string;
}

const write = (directory: string, { facts, ...draft }: Draft, origins: readonly Origin[]) =>
  writeEncoder(directory, {
    ...draft,
    facts: {
      ...facts,
      sources: origins.map(({ file, origin, sha256 }) => ({ file, origin, sha256: `sha256:${sha256}` })),
    },
  });

/** @throws InnerloopError `invalid_config` */
export async function readSource(source: NpmFile, folder = NODE_MODULES): Promise<Uint8Array> {
  const { package: name, file, sha256 } = source;
  const bytes = await readFile(pathOf(source, folder)).catch((cause: unknown) => {
    const message = `Expected ${file} of the npm package ${name}, which npm ci installs, got none`;
    throw new InnerloopError('invalid_config', message, { cause });
  });
  const got = createHash('sha256').update(bytes).digest('hex');
  if (got === sha256) return bytes;
  throw new InnerloopError(
    'invalid_config',
    `Expected ${file} of ${name} with sha256 ${sha256}, got ${got}`,
    { expected: sha256, got },
  );
}

function pathOf({ package: name, file }: NpmFile, folder = NODE_MODULES): string {
  return join(folder, name.slice(0, name.lastIndexOf('@')), file);
}
