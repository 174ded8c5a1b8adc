import { constants, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { InnerloopError } from '../errors.ts';
import { ModelProto } from '../onnx/schema.ts';
import { reasonOf } from './files.ts';

/** A file of at most `most` bytes. @throws InnerloopError `invalid_package` */
export async function readFile(path: string, most: number): Promise<Uint8Array> {
  const file = basename(path);
  // O_NONBLOCK: opening a pipe would otherwise wait for a writer.
  await using handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch(
    (cause: unknown) => {
      const message = `${file}: expected a file that can be read, got: ${reasonOf(cause)}`;
      throw new InnerloopError('invalid_package', message, { cause });
    },
  );
  const stat = await handle.stat();
  if (!stat.isFile())
    throw new InnerloopError('invalid_package', `${file}: expected a file, got something else`);
  const { size } = stat;
  if (size > most) {
    const [expected, got] = [`at most ${most} bytes`, `${size}`];
    throw new InnerloopError('invalid_package', `${file}: expected ${expected}, got ${got}`, {
      expected,
      got,
    });
  }
  return handle.readFile();
}

/**
 * Encodes the verified content of a model again. The runtime reads more of the format than our schema does, so it never
 * gets the bytes of the file, which may have parts that were not checked.
 */
export function canonicalModel(bytes: Uint8Array): Uint8Array {
  return ModelProto.encode(ModelProto.decode(bytes)).finish();
}
