import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { acceptsGzip } from './accept.ts';

/** A file in memory, ready to be sent. */
export interface ReadyFile {
  readonly type: string;
  /** Weak: it names both the body and its gzip. */
  readonly etag: string;
  readonly body: Buffer;
  /** The body in gzip; null if compression does not help. */
  readonly gzipped: Buffer | null;
}

/** `isPacked`: the content is compressed already. */
export function readyFile(type: string, body: Buffer, isPacked = false): ReadyFile {
  return {
    type,
    etag: `W/"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
    body,
    gzipped: isPacked ? null : gzipSync(body, { level: 9 }),
  };
}

/** Sends a file in the form that the caller accepts, or 304 if the caller has it already. */
export function sendFile(
  { type, etag, body, gzipped }: ReadyFile,
  { headers }: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const varies = [reply.getHeader('vary') ?? [], 'accept-encoding'].flat();
  reply.headers({ etag, 'cache-control': 'no-cache', vary: varies.join(', ') });
  if (isNamed(etag, headers['if-none-match'])) return reply.code(304).send();
  reply.type(type);
  if (gzipped === null || !acceptsGzip(headers['accept-encoding'])) return reply.send(body);
  return reply.header('content-encoding', 'gzip').send(gzipped);
}

/**
 * Whether `If-None-Match` names the file: `*`, or a list of tags that are compared without `W/`.
 * @see RFC 9110, section 13.1.2
 */
function isNamed(etag: string, ifNoneMatch = ''): boolean {
  const opaque = (tag: string) => tag.trim().replace(/^W\//, '');
  return ifNoneMatch.split(',').some((tag) => tag.trim() === '*' || opaque(tag) === opaque(etag));
}
