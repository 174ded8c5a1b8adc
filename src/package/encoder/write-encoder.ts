import { randomUUID } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InnerloopError } from '../../errors.ts';
import { makeFolder } from '../../make-folder.ts';
import { encodeModel } from '../../onnx/encode.ts';
import type { OnnxInitializer, OnnxModel } from '../../onnx/model.ts';
import { dataTypes } from '../../onnx/schema.ts';
import { encoderDigest, sha256 } from '../digest.ts';
import { isSystemError, reasonOf } from '../files.ts';
import { invalidDocument } from '../parse-document.ts';
import { schemaProblems } from '../schema-problems.ts';
import { type Encoder, EncoderManifest } from './encoder.ts';
import { readEncoder } from './read-encoder.ts';

/** An encoder before it is written. */
export interface EncoderDraft {
  readonly facts: Omit<EncoderManifest, 'format' | 'files' | 'digest'>;
  /** embed(inputs [B, …]) → features [B, d], all float32, with its weights inside. */
  readonly program: OnnxModel;
  /** Further files, by name. */
  readonly files?: Readonly<Partial<Record<'tokenizer.json', Uint8Array>>>;
}

/**
 * Writes `<directory>/<name>` in one step: a folder of this name is always complete. Another process may write the same
 * encoder at the same time. The same draft gives the same bytes, and so the same digest.
 * @throws InnerloopError `invalid_package` when the draft cannot be read back, `invalid_request` for another encoder of this
 * name unless this one `replaces` it, `invalid_config` that names the folder and the reason, such as a full disk
 */
export async function writeEncoder(
  directory: string,
  draft: EncoderDraft,
  { replaces = true }: { readonly replaces?: boolean } = {},
): Promise<Encoder> {
  requireEncoderName(draft.facts.name);
  const folder = join(directory, draft.facts.name);
  const unfinished = `${folder}.${randomUUID()}.part`;
  try {
    await makeFolder(unfinished);
    for (const [name, bytes] of Object.entries(contentOf(draft)))
      await writeFile(join(unfinished, name), bytes);
    const encoder = await readEncoder(unfinished);
    if (!replaces) await requireSame(folder, encoder);
    await replaceFolder(folder, unfinished, encoder.manifest.digest);
    return { ...encoder, folder };
  } catch (cause) {
    if (!isSystemError(cause)) throw cause;
    throw new InnerloopError('invalid_config', `Cannot write ${folder}: ${reasonOf(cause)}`, { cause });
  } finally {
    await rm(unfinished, { recursive: true, force: true }).catch(() => {});
  }
}

async function requireSame(folder: string, { manifest: { name, digest } }: Encoder): Promise<void> {
  const there = await readEncoder(folder).catch(() => null);
  if (!there || there.manifest.digest === digest) return;
  throw new InnerloopError(
    'invalid_request',
    `Expected a name that is free, got ${name}: another encoder is in ${folder}, and packages may read it. Choose another --name, or --replace it`,
  );
}

/** A name is a folder's, too. @throws InnerloopError `invalid_package` */
export function requireEncoderName(name: string): void {
  const [wrong] = schemaProblems(EncoderManifest.properties.name, name);
  if (wrong) throw invalidDocument('encoder.json', { ...wrong, pointer: '/name' });
}

/** The files of an encoder by name, `encoder.json` last. */
function contentOf({
  facts,
  program,
  files: others = {},
}: EncoderDraft): Readonly<Record<string, Uint8Array>> {
  const { model, weights } = withExternalWeights(program);
  const files = { 'embed.onnx': encodeModel(model), 'weights.bin': weights, ...others };
  const hashes = Object.fromEntries(
    Object.entries(files).map(([name, bytes]) => [name, sha256(bytes)]),
  ) as EncoderManifest['files'];
  const digest = encoderDigest({ ...facts, files: hashes });
  const manifest: EncoderManifest = { format: 1, ...facts, files: hashes, digest };
  return { ...files, 'encoder.json': Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`) };
}

/** Smaller values stay in the program. */
const MIN_EXTERNAL_BYTES = 1024;
const ALIGNMENT = 64;

function withExternalWeights(program: OnnxModel): { model: OnnxModel; weights: Uint8Array } {
  let length = 0;
  const parts: Uint8Array[] = [];
  const append = (bytes: Uint8Array) => {
    parts.push(bytes);
    length += bytes.length;
  };
  const initializers = program.initializers.map((each): OnnxInitializer => {
    const { raw, dataType } = each;
    if (dataType !== dataTypes.float32 || raw.length < MIN_EXTERNAL_BYTES) return each;
    append(new Uint8Array(-length & (ALIGNMENT - 1)));
    const external = { location: 'weights.bin', offset: length, length: raw.length };
    append(raw);
    return { ...each, external, raw: new Uint8Array() };
  });
  return { model: { ...program, initializers }, weights: Buffer.concat(parts) };
}

/**
 * Renames a folder. A complete folder with this digest, which another process has written, stays. Another one is moved away
 * in one step before it is removed: a removal in place could take files of a folder that arrives meanwhile.
 */
async function replaceFolder(folder: string, by: string, digest: string): Promise<void> {
  for (;;) {
    if (await isMoved(by, folder)) return;
    const there = await readEncoder(folder).catch(() => null);
    if (there?.manifest.digest === digest) return;
    const old = `${by}.old`;
    await rename(folder, old).catch(unlessCode('ENOENT'));
    await rm(old, { recursive: true, force: true });
  }
}

/** Renames a folder. False if there is another one with content. */
function isMoved(from: string, to: string): Promise<boolean> {
  return rename(from, to).then(
    () => true,
    (error: unknown) => {
      unlessCode('ENOTEMPTY', 'EEXIST')(error);
      return false;
    },
  );
}

function unlessCode(...codes: readonly string[]): (error: unknown) => void {
  return (error) => {
    if (!isSystemError(error) || !codes.includes(error.code)) throw error;
  };
}
