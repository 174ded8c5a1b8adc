import type { FastifyInstance, FastifyRequest } from 'fastify';
import { pictureFormats, soundFormats } from '../../domain/file-formats/formats.ts';
import type { RawInput } from '../../service/inputs/raw-input.ts';
import type { Limits } from '../limits.ts';
import { BATCH_BODY, requireType } from './batch.ts';
import { decodeUtf8 } from './utf8.ts';

const TEXT = 'text/plain';

/** The media types of files that are decoded, each with other names that callers give it. */
const FILES: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  [...pictureFormats, ...soundFormats].map(({ mediaTypes: [type, ...others] }) => [type, others]),
);

const SINGLE = new Set([TEXT, ...Object.entries(FILES).flatMap(([type, others]) => [type, ...others])]);

/** Descriptions by media type, for the schema of a body that may be one input. */
export const singleBodies: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.keys(FILES).map((type) => [type, `One ${type.startsWith('image') ? 'picture' : 'sound'}.`]),
  ),
  [TEXT]: 'One text, in UTF-8.',
};

/** Whether a body of this media type is one input. */
export function isSingle(mediaType: string | undefined): boolean {
  const [type = ''] = (mediaType ?? '').split(';', 1);
  return SINGLE.has(type.trim().toLowerCase());
}

/**
 * Accepts a body that is one input: a picture or a sound (`curl --data-binary @photo.jpg`), or a text. Its bytes say its
 * format.
 */
export function acceptSingles(app: FastifyInstance, { fileBytes }: Limits): void {
  const options = { parseAs: 'buffer', bodyLimit: fileBytes } as const;
  for (const [type, others] of Object.entries(FILES))
    app.addContentTypeParser([type, ...others], options, async (request: FastifyRequest, file: Buffer) => {
      requireType(request, type);
      return asBatch(request, { kind: 'file', file });
    });
  app.addContentTypeParser(TEXT, options, async (request: FastifyRequest, bytes: Buffer) => {
    requireType(request, TEXT);
    return asBatch(request, { kind: 'text', text: decodeUtf8(bytes, 'the text') });
  });
}

function asBatch(request: FastifyRequest, input: RawInput) {
  request.batch = { examples: () => [{ input }], inputs: () => [input], sourceOf: () => ({}) };
  return BATCH_BODY;
}
