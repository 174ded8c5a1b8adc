import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { MAX_LABEL_LENGTH } from '../../domain/support-set.ts';
import { InnerloopError } from '../../errors.ts';
import type { Limits } from '../limits.ts';

/** A file of a form, as the JSON body would have written it. */
export interface UploadedFile {
  /** The form field's name. */
  readonly name: string;
  readonly dataUrl: string;
  /** As the caller's machine calls it; empty where it does not say. */
  readonly filename: string;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Of a form, in order; null for any other body. */
    uploads: readonly Pick<UploadedFile, 'name' | 'filename'>[] | null;
  }
}

export async function acceptForms(app: FastifyInstance, { files }: Limits): Promise<void> {
  // Bytes are counted here: at its own limit the plugin would read a part to its end, however far that is.
  await app.register(multipart, { limits: { files, parts: files, fileSize: Number.MAX_SAFE_INTEGER } });
  app.decorateRequest('uploads', null);
}

/**
 * A `preValidation` hook: a multipart form is another spelling of the JSON body, so it is turned into that body
 * here, and everything after (schema, service, errors) is the same for both.
 */
export function formAsBody(toBody: (files: readonly UploadedFile[]) => unknown, limits: Limits) {
  return async (request: FastifyRequest): Promise<void> => {
    if (!request.isMultipart()) return;
    const files = await readFiles(request, limits);
    request.uploads = files.map(({ name, filename }) => ({ name, filename }));
    request.body = toBody(files);
  };
}

/** Which part of a form a pointer into the body it stands for means, in the caller's words. */
export function partAt({ uploads }: FastifyRequest, pointer = ''): string {
  const [, index] = /^\/(?:support|inputs)\/(\d+)/.exec(pointer) ?? [];
  const upload = index === undefined ? undefined : uploads?.[Number(index)];
  if (!upload) return '';
  const [name, filename] = [upload.name, upload.filename].map((each) => each.slice(0, MAX_LABEL_LENGTH));
  return ` (${`${filename} in "${name}"`.trim()})`;
}

/** Reads one part after the other and stops at the limits, so a form of any size takes bounded memory. */
async function readFiles(request: FastifyRequest, { bodyBytes, fileBytes }: Limits): Promise<UploadedFile[]> {
  const wholeBody = `a body of at most ${bodyBytes} bytes`;
  if (Number(request.headers['content-length'] ?? 0) > bodyBytes) throw tooLarge(wholeBody);
  const files: UploadedFile[] = [];
  let bytes = 0;
  try {
    for await (const part of request.parts()) {
      if (part.type !== 'file') throw notAFile(part.fieldname);
      const chunks: Buffer[] = [];
      const start = bytes;
      for await (const chunk of part.file) {
        bytes += chunk.length;
        if (bytes - start > fileBytes) throw tooLarge(`files of at most ${fileBytes} bytes`);
        if (bytes > bodyBytes) throw tooLarge(wholeBody);
        chunks.push(chunk);
      }
      const dataUrl = `data:;base64,${Buffer.concat(chunks).toString('base64')}`;
      files.push({ name: part.fieldname, filename: part.filename ?? '', dataUrl });
    }
  } catch (error) {
    if (error instanceof InnerloopError || isCount(error)) throw error;
    const message = `Expected a well-formed multipart/form-data body, got one that cannot be read: ${reason(error)}`;
    throw new InnerloopError('invalid_request', message, { expected: 'multipart/form-data', cause: error });
  }
  return files;
}

/** Too many files or parts: the plugin's own errors, which have their answer already. */
function isCount(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).endsWith('S_LIMIT');
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function notAFile(fieldName: string): InnerloopError {
  const name = fieldName.slice(0, MAX_LABEL_LENGTH);
  const place = 'model and mode go in the query, and settings need a JSON body';
  const message = `Expected a file in every part (curl: -F label=@picture.png), got text in "${name}": ${place}`;
  return new InnerloopError('invalid_request', message, { expected: 'a file', got: 'text' });
}

function tooLarge(expected: string): InnerloopError {
  return new InnerloopError('payload_too_large', `Expected ${expected}, got more`, { expected, got: 'more' });
}
