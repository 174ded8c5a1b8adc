import { constants, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { InnerloopError } from '../errors.ts';
import { ModelProto } from '../onnx/schema.ts';
import { reasonOf } from './files.ts';

/**
 * A file of at most `most` bytes, which `setting` limits. No more is read than it had when it was opened.
 * @throws InnerloopError `invalid_package` for another file, one that cannot be read, or one that changes meanwhile
 */
export async function readFile(path: string, most: number, setting?: string): Promise<Uint8Array> {
  const file = basename(path);
  const refused = (expected: string, got: string, cause?: unknown) =>
    new InnerloopError('invalid_package', `${file}: expected ${expected}, got ${got}`, {
      expected,
      got,
      cause,
    });
  // O_NONBLOCK: opening a pipe would otherwise wait for a writer.
  await using handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch(
    (cause: unknown) => {
      throw refused('a file that can be read', reasonOf(cause), cause);
    },
  );
  const stat = await handle.stat();
  if (!stat.isFile()) throw refused('a file', 'something else');
  const { size } = stat;
  if (size > most)
    throw refused(`at most ${most} bytes${setting === undefined ? '' : ` (${setting})`}`, `${size}`);
  const bytes = Buffer.allocUnsafeSlow(size + 1);
  let length = 0;
  for (;;) {
    const { bytesRead } = await handle.read(bytes, length, bytes.length - length, length);
    length += bytesRead;
    if (bytesRead === 0 || length > size) break;
  }
  if (length !== size)
    throw refused(`${size} bytes, as it had when it was opened`, length > size ? 'more' : `${length}`);
  return bytes.subarray(0, size);
}

/**
 * Encodes the verified content of a model again. The runtime reads more of the format than our schema does, so it never
 * gets the bytes of the file, which may have parts that were not checked.
 */
export function canonicalModel(bytes: Uint8Array): Uint8Array {
  return ModelProto.encode(ModelProto.decode(bytes)).finish();
}
