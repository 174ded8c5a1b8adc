import { createHash } from 'node:crypto';
import { InnerloopError } from '../errors.ts';
import type { Adaptation } from './adaptation.ts';
import { jsonBytes } from './usage.ts';

/** A key that the caller gives a request, so that it can safely send the request again. */
export interface IdempotencyKey {
  readonly key: string;
  /** Of the request's decoded content. */
  readonly digest: string;
}

/** What a store keeps of the first request with a key. */
export interface KeyRecord extends IdempotencyKey {
  /** The id of the adaptation that the request was answered with. */
  readonly adaptation: string;
  readonly createdAt: string;
}

/** How long a key is kept. */
export const IDEMPOTENCY_MS = 24 * 60 * 60 * 1000;

/** Records created at this time or before have expired by `now`. */
export function expiryLimit(now: string): number {
  return Date.parse(now) - IDEMPOTENCY_MS;
}

export function isExpired({ createdAt }: KeyRecord, now: string): boolean {
  return Date.parse(createdAt) <= expiryLimit(now);
}

/**
 * The id of the adaptation that the request was answered with before; null where it is the first with its key.
 * @throws InnerloopError `idempotency_key_reused` when the request with that key had other content.
 */
export function answeredBefore(
  record: KeyRecord | null | undefined,
  { key, digest }: IdempotencyKey,
  now: string,
): string | null {
  if (!record || isExpired(record, now)) return null;
  if (record.digest === digest) return record.adaptation;
  const expected = 'the content of the first request with this Idempotency-Key, or another key';
  throw new InnerloopError('idempotency_key_reused', `Expected ${expected}, got other content`, {
    expected,
    got: `other content under the key ${JSON.stringify(key)}`,
  });
}

export function keyRecordOf(
  { key, digest }: IdempotencyKey,
  { id, createdAt }: Pick<Adaptation, 'id' | 'createdAt'>,
): KeyRecord {
  return { key, digest, adaptation: id, createdAt };
}

/** Bytes that a key counts for in its tenant's usage. */
export function keyBytes(record: KeyRecord | null | undefined): number {
  return record ? jsonBytes(record) : 0;
}

const KEY = /^[\x21-\x7e]{1,255}$/;

/** @throws InnerloopError `invalid_request` */
export function checkIdempotencyKey(key: string): void {
  if (KEY.test(key)) return;
  const expected = '1 to 255 visible ASCII characters, without spaces';
  const got = key.length > 255 ? `${key.length} characters` : JSON.stringify(key);
  throw new InnerloopError('invalid_request', `Expected an Idempotency-Key of ${expected}, got ${got}`, {
    expected,
    got,
  });
}

/** The digest of content that JSON can write; members of objects must be in a fixed order. */
export function contentDigest(content: unknown): string {
  return `sha256:${createHash('sha256').update(JSON.stringify(content)).digest('hex')}`;
}
