import type { FastifyInstance, FastifyRequest } from 'fastify';
import { InnerloopError } from '../../errors.ts';
import { labelledByFolder } from '../../files/class-folders.ts';
import { filesOfZip, type ZippedFile } from '../../files/zip.ts';
import type { RawInput } from '../../service/inputs/raw-input.ts';
import type { Limits } from '../limits.ts';
import { BATCH_BODY, type Batch, refuseTarget, requireType } from './batch.ts';
import { bodyKinds, wholeBody } from './kinds.ts';

/** Accepts archives. The files are unpacked one by one, when they are needed; their folders are the labels. */
export function acceptArchives(app: FastifyInstance, limits: Limits): void {
  const { archive } = bodyKinds;
  const { formBytes, fileBytes } = limits;
  app.addContentTypeParser(
    [...archive.types],
    wholeBody(archive, limits),
    async (request: FastifyRequest, bytes: Buffer) => {
      requireType(request, archive);
      const files = await filesOfZip(bytes, { totalBytes: formBytes });
      const names: string[] = [];
      request.itemName = (item) => (names[item] === undefined ? '' : ` (${names[item]})`);
      request.batch = archiveBatch(files, names, fileBytes);
      return BATCH_BODY;
    },
  );
}

function archiveBatch(files: readonly ZippedFile[], names: string[], fileBytes: number): Batch {
  async function unpack(file: ZippedFile): Promise<RawInput> {
    names.push(file.name.slice(0, MAX_NAME_LENGTH));
    const bytes = await file.read();
    if (bytes.length > fileBytes) throw tooLarge(fileBytes, file.name);
    return { kind: 'file', file: bytes };
  }
  return {
    async *examples(target) {
      refuseTarget(target, 'the folders of an archive are the labels');
      for (const { label, file } of labelledByFolder(files)) yield { input: await unpack(file), label };
    },
    async *inputs() {
      for (const file of files) yield await unpack(file);
    },
    sourceOf: (item) => (names[item] === undefined ? {} : { filename: names[item] }),
  };
}

const MAX_NAME_LENGTH = 256;

function tooLarge(fileBytes: number, name: string): InnerloopError {
  const expected = `files of at most ${fileBytes} bytes`;
  const message = `Expected ${expected}, got more (${name.slice(0, MAX_NAME_LENGTH)})`;
  return new InnerloopError('payload_too_large', message, { expected, got: 'more' });
}
