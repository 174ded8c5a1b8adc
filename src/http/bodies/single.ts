import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { RawInput } from '../../service/inputs/raw-input.ts';
import type { Limits } from '../limits.ts';
import { BATCH_BODY, requireType } from './batch.ts';
import { bodyKinds, describeBodies, fileKinds, wholeBody } from './kinds.ts';
import { decodeUtf8 } from './utf8.ts';

/** Descriptions by media type, for the schema of a body that may be one input. */
export const singleBodies: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    fileKinds.map(({ types: [type] }) => [type, `One ${type.startsWith('image') ? 'picture' : 'sound'}.`]),
  ),
  ...describeBodies({ text: 'One text, in UTF-8.' }),
};

/**
 * Accepts a body that is one input: a picture or a sound (`curl --data-binary @photo.jpg`), or a text. Its bytes say its
 * format.
 */
export function acceptSingles(app: FastifyInstance, limits: Limits): void {
  for (const kind of fileKinds)
    app.addContentTypeParser(
      [...kind.types],
      wholeBody(kind, limits),
      async (request: FastifyRequest, file: Buffer) => {
        requireType(request, kind);
        return asBatch(request, { kind: 'file', file });
      },
    );
  const { text } = bodyKinds;
  app.addContentTypeParser(
    [...text.types],
    wholeBody(text, limits),
    async (request: FastifyRequest, bytes: Buffer) => {
      requireType(request, text);
      return asBatch(request, { kind: 'text', text: decodeUtf8(bytes, 'the text') });
    },
  );
}

function asBatch(request: FastifyRequest, input: RawInput) {
  request.batch = { examples: () => [{ input }], inputs: () => [input], sourceOf: () => ({}) };
  return BATCH_BODY;
}
