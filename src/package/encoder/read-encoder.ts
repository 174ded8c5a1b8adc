import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { InnerloopError } from '../../errors.ts';
import { dataTypes } from '../../onnx/schema.ts';
import { encoderDigest, sha256 } from '../digest.ts';
import { MAX_MANIFEST_BYTES, parseDocument } from '../parse-document.ts';
import { canonicalModel, readFile } from '../read-file.ts';
import { invalid, verifyProgram } from '../verify-program.ts';
import { ENCODER_FILES, type Encoder, type EncoderFile, EncoderManifest } from './encoder.ts';
import { verifyPreparation } from './verify-preparation.ts';

/** The encoders in `directory`, one per folder with an `encoder.json`, by name. None when there is no such directory. */
export async function readEncoders(directory: string): Promise<readonly Encoder[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(directory, name));
  const withManifest = await Promise.all(
    folders.map(async (folder) => ((await readdir(folder)).includes('encoder.json') ? folder : [])),
  );
  const encoders = await Promise.all(withManifest.flat().map(readEncoder));
  return encoders.sort((a, b) => (a.manifest.name < b.manifest.name ? -1 : 1));
}

/** An encoder's folder, verified. @throws InnerloopError `invalid_package` that names the file, the field, expected, got. */
export async function readEncoder(folder: string): Promise<Encoder> {
  try {
    const text = await readFile(join(folder, 'encoder.json'), MAX_MANIFEST_BYTES);
    const manifest = parseDocument('encoder.json', EncoderManifest, text);
    verifyPreparation(manifest);
    const files = new Map<string, Uint8Array>();
    for (const [name, hash] of Object.entries(manifest.files))
      files.set(name, await readVerified(folder, name as EncoderFile, hash));
    const digest = encoderDigest(manifest);
    if (digest !== manifest.digest) throw invalid('encoder.json', '/digest', digest, manifest.digest);
    const program = files.get('embed.onnx') as Uint8Array;
    const weights = { name: 'weights.bin', bytes: files.get('weights.bin')?.length ?? 0 };
    verifyProgram('embed.onnx', program, signatureOf(manifest), weights);
    return { manifest, folder, program: canonicalModel(program) };
  } catch (error) {
    const name = `Encoder ${basename(folder)}`;
    if (error instanceof InnerloopError)
      throw new InnerloopError(error.code, `${name}: ${error.message}`, error.details);
    throw new InnerloopError('invalid_package', `${name} cannot be read`, { cause: error });
  }
}

async function readVerified(folder: string, name: EncoderFile, hash: string): Promise<Uint8Array> {
  const bytes = await readFile(join(folder, name), ENCODER_FILES[name]);
  const actual = sha256(bytes);
  if (actual !== hash) throw invalid(name, '', hash, actual);
  return bytes;
}

/** embed(inputs [B, …]) → features [B, d] */
function signatureOf({ inputs, features }: EncoderManifest) {
  return {
    inputs: inputs.map(({ name, shape, dtype = 'float32' }) => ({
      name,
      shape: ['B', ...shape],
      elementType: dataTypes[dtype],
    })),
    outputs: [{ name: 'features', shape: ['B', features] }],
  };
}
