import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { InnerloopError } from '../../errors.ts';
import type { Limits } from '../limits.ts';

/** A file of a form, as the JSON body would have written it. */
export interface UploadedFile {
  /** The form field's name. */
  readonly name: string;
  readonly dataUrl: string;
}

export async function acceptForms(app: FastifyInstance, { files, fileBytes }: Limits): Promise<void> {
  await app.register(multipart, { limits: { files, fileSize: fileBytes, parts: files } });
}

/**
 * A `preValidation` hook: a multipart form is another spelling of the JSON body, so it is turned into that body
 * here, and everything after (schema, service, errors) is the same for both.
 */
export function formAsBody(toBody: (files: readonly UploadedFile[]) => unknown, limits: Limits) {
  return async (request: FastifyRequest): Promise<void> => {
    if (request.isMultipart()) request.body = toBody(await readFiles(request, limits));
  };
}

/** Reads one part after the other and stops at the limits, so a form of any size takes bounded memory. */
async function readFiles(request: FastifyRequest, { bodyBytes }: Limits): Promise<UploadedFile[]> {
  if (Number(request.headers['content-length'] ?? 0) > bodyBytes) throw tooLarge(bodyBytes);
  const files: UploadedFile[] = [];
  let bytes = 0;
  try {
    for await (const part of request.parts()) {
      if (part.type !== 'file') throw notAFile(part.fieldname);
      const file = await part.toBuffer();
      bytes += file.length;
      if (bytes > bodyBytes) throw tooLarge(bodyBytes);
      files.push({ name: part.fieldname, dataUrl: `data:;base64,${file.toString('base64')}` });
    }
  } catch (error) {
    if (error instanceof InnerloopError || isLimit(error)) throw error;
    const message = `Expected a well-formed multipart/form-data body, got one that cannot be read: ${reason(error)}`;
    throw new InnerloopError('invalid_request', message, { expected: 'multipart/form-data', cause: error });
  }
  return files;
}

/** The plugin's own errors carry a code and have their answer already. */
function isLimit(error: unknown): boolean {
  return (
    (error instanceof Error && 'code' in error && String(error.code).endsWith('_LIMIT')) ||
    (error instanceof Error && 'code' in error && error.code === 'FST_REQ_FILE_TOO_LARGE')
  );
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function notAFile(name: string): InnerloopError {
  const message = `Expected a file in every part (curl: -F ${name}=@picture.png), got text in "${name}"`;
  return new InnerloopError('invalid_request', message, { expected: 'a file', got: 'text' });
}

function tooLarge(bodyBytes: number): InnerloopError {
  const expected = `a body of at most ${bodyBytes} bytes`;
  return new InnerloopError('payload_too_large', `Expected ${expected}, got more`, { expected, got: 'more' });
}
