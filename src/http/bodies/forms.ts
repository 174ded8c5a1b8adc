import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { InnerloopError } from '../../errors.ts';
import type { Limits } from '../limits.ts';
import { describePart, fileOfPart, nameOfPart, type PartName } from './form-parts.ts';
import { malformed, readParts } from './multipart.ts';

export interface FormFile {
  /** The form field's name; absent where the part has none. */
  readonly name?: string;
  readonly file: Buffer;
}

/** A multipart form. Each file is read from the connection only when the caller asks for it. */
export interface Form {
  /** The files in order. Call this only once. @throws InnerloopError if the form is malformed or too large */
  files(): AsyncGenerator<FormFile>;
  /** The name of a part in error messages. The part must have been read. */
  readonly nameOf: (part: number) => string;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The body if it is a form; otherwise null. */
    form: Form | null;
  }
}

/** The `body` of a request whose body is a form. Schemas do not check it. */
export const FORM_BODY = Object.freeze({});

/** Most files of one form in memory at a time: the service decodes two while a third arrives. Back-pressure counts them. */
export const FILES_HELD = 3;

/** Accepts multipart forms on the routes that allow them (`x-form`). The route's handler reads them, part by part. */
export function acceptForms(app: FastifyInstance, limits: Limits): void {
  app.decorateRequest('form', null);
  app.addContentTypeParser('multipart/form-data', async (request: FastifyRequest, payload: Readable) => {
    const body = request.routeOptions.schema?.body as { 'x-form'?: string } | undefined;
    if (body?.['x-form'] === undefined) throw noForm();
    const { files, nameOf } = createForm(request, payload, limits);
    // Read the first part at once, so that a malformed form is refused as such, before other checks of the request.
    const rest = files();
    const first = await rest.next();
    request.form = {
      nameOf,
      async *files() {
        if (first.done) return;
        yield first.value;
        yield* rest;
      },
    };
    return FORM_BODY;
  });
}

function createForm({ headers, raw }: FastifyRequest, payload: Readable, limits: Limits): Form {
  const { formBytes, fileBytes, files } = limits;
  const [, quoted, token] =
    /;\s*boundary=(?:"([^"]+)"|([^\s";]+))/i.exec(headers['content-type'] ?? '') ?? [];
  const boundary = quoted ?? token;
  if (boundary === undefined) throw malformed('one whose content-type has no boundary');
  const wholeBody = `a form of at most ${formBytes} bytes`;
  if (Number(headers['content-length'] ?? 0) > formBytes) throw tooLarge(wholeBody);
  const descriptions: string[] = [];
  const nameOf = (part: number) => descriptions[part] ?? '';
  let current: PartName = {};

  return {
    nameOf,
    async *files() {
      // After an error the rest stays unread. Do not destroy the request: that would close the connection before the answer.
      const source = payload.iterator({ destroyOnReturn: payload !== raw }) as AsyncIterator<Buffer>;
      const parts = readParts(source, {
        boundary,
        begin(partHeaders) {
          const number = descriptions.length;
          if (number === files) throw tooLarge(`at most ${files} files`);
          current = nameOfPart(partHeaders, number);
          descriptions.push(describePart(current, number));
        },
        count(partBytes, totalBytes) {
          if (partBytes > fileBytes) {
            throw tooLarge(`files of at most ${fileBytes} bytes`, descriptions.at(-1));
          }
          if (totalBytes > formBytes) throw tooLarge(wholeBody);
        },
      });
      try {
        for await (const part of parts) {
          const { name } = current;
          const file = fileOfPart(part, current, descriptions.length - 1);
          yield { ...(name !== undefined && { name }), file };
        }
      } catch (error) {
        if (error instanceof InnerloopError) throw error;
        throw malformed(`one that cannot be read: ${error instanceof Error ? error.message : String(error)}`);
      } finally {
        await source.return?.();
      }
    },
  };
}

function noForm(): InnerloopError {
  const expected = 'a body of application/json';
  const got = 'multipart/form-data';
  return new InnerloopError('unsupported_media_type', `Expected ${expected}, got ${got}`, { expected, got });
}

function tooLarge(expected: string, place = ''): InnerloopError {
  return new InnerloopError('payload_too_large', `Expected ${expected}, got more${place}`, {
    expected,
    got: 'more',
  });
}
