import { createHash } from 'node:crypto';
import { InnerloopError } from '../errors.ts';
import type { Adaptation } from './adaptation.ts';
import { jsonBytes } from './usage.ts';

/** A key that the caller gives a request, so that it can safely send the request again. */
export interface IdempotencyKey {
  readonly key: string;
  /** Digest of the decoded content of the request. */
  readonly digest: string;
  /** The digest that versions before 0.3 gave this content. Keys are kept for a day, so they outlive an upgrade. */
  readonly formerDigest?: string | undefined;
}

/** The stored data of the first request with a key. */
export interface KeyRecord extends Omit<IdempotencyKey, 'formerDigest'> {
  /** The id of the adaptation in the answer to that request. */
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
 * The id of the adaptation in the answer to the first request with this key. Null when this request is the first.
 * @throws InnerloopError `idempotency_key_reused` when the request with that key had other content.
 */
export function answeredBefore(
  record: KeyRecord | null | undefined,
  { key, digest, formerDigest }: IdempotencyKey,
  now: string,
): string | null {
  if (!record || isExpired(record, now)) return null;
  if (record.digest === digest || record.digest === formerDigest) return record.adaptation;
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

/** Bytes of a key in the usage of its tenant. */
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

/** Digest of the JSON text of `content`. Callers must build objects with a fixed order of members. */
export function contentDigest(content: unknown): string {
  return `sha256:${createHash('sha256').update(JSON.stringify(content)).digest('hex')}`;
}
