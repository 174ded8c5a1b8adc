import { timingSafeEqual } from 'node:crypto';
import { createCachedLookup } from '../../concurrency/cached-lookup.ts';
import { TENANT_ID_PATTERN, type TenantId } from '../../domain/task.ts';
import { InnerloopError } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ApiKey, KeyStore } from '../../ports/key-store.ts';
import { formatToken, hashSecret, type KeyToken, newToken, parseToken } from './key-token.ts';

/** The authenticated caller. */
export interface Caller {
  readonly tenant: TenantId;
  /** Null when the server requires no keys; there is one tenant then. */
  readonly keyId: string | null;
}

export interface IssuedKey {
  readonly key: ApiKey;
  /** Show it once: it is not stored. */
  readonly token: string;
}

export interface Keys {
  /** Creates a key. @throws InnerloopError `invalid_request` for a bad tenant name or a date in the past. */
  issue(tenant: TenantId, options?: { name?: string; expiresAt?: Date | null }): Promise<IssuedKey>;
  /** Creates a key if none has ever existed, else answers null. When several processes call it at once, one gets a key. */
  createFirst(tenant: TenantId): Promise<IssuedKey | null>;
  /**
   * The caller that the token belongs to. A revoked key is refused after one second at most: lookups are cached for that
   * long.
   * @throws InnerloopError `unauthorized`, with the same message for an unknown, wrong, expired or revoked token.
   */
  verify(token: string): Promise<Caller>;
  /** Whether `verify` would still accept this caller. For long requests, such as streams. */
  isStillValid(caller: Caller): Promise<boolean>;
  /** Whether the token is valid according to the cached lookups, without asking the store. */
  hasCachedKey(token: string): boolean;
  /** Whether callers need a key: true with `isAlwaysRequired`, or when a key has ever existed. */
  required(): Promise<boolean>;
  /** @throws InnerloopError `not_found` */
  revoke(id: string): Promise<ApiKey>;
  /** Oldest first, including revoked keys. */
  list(tenant?: TenantId): Promise<readonly ApiKey[]>;
}

export interface KeysOptions {
  readonly store: KeyStore;
  readonly clock: Clock;
  /** From a cryptographic source. */
  randomBytes(size: number): Buffer;
  /** Whether callers need a key even if none has ever existed. */
  readonly isAlwaysRequired: boolean;
  /** Receives errors of recording a use in the background. */
  onError(error: unknown): void;
}

/** Issues, verifies and revokes the bearer keys of tenants. */
export function createKeys({ store, clock, randomBytes, isAlwaysRequired, onError }: KeysOptions): Keys {
  const records = createCachedLookup((id: string) => store.find(id), clock);
  const everAny = createCachedLookup(async () => ({ value: await store.everHadKey() }), clock);
  const recordUse = createUseRecorder(store, clock, onError);
  let hasKeys = isAlwaysRequired;
  const required = async () => {
    // Once true, it stays true: revoking the last key must not open the server to everybody.
    hasKeys ||= (await everAny.get(''))?.value ?? false;
    return hasKeys;
  };

  const draft = (tenant: TenantId, name = '', expiresAt: Date | null = null): IssuedKey => {
    const now = clock.now();
    checkTenant(tenant);
    if (expiresAt !== null && expiresAt <= now) throw dateInPast(expiresAt);
    const token = newToken(randomBytes);
    const key = {
      id: token.id,
      tenant,
      name,
      hash: hashSecret(token.secret),
      createdAt: now.toISOString(),
      expiresAt: expiresAt?.toISOString() ?? null,
      revokedAt: null,
      lastUsedAt: null,
    };
    return { key, token: formatToken(token) };
  };

  return {
    async issue(tenant, { name, expiresAt } = {}) {
      const issued = draft(tenant, name, expiresAt);
      await store.add(issued.key);
      return issued;
    },
    async createFirst(tenant) {
      const issued = draft(tenant, 'first');
      return (await store.addFirst(issued.key)) ? issued : null;
    },
    async verify(text) {
      const token = parseToken(text);
      const key = token && (await records.get(token.id));
      if (!token || !key || !isMatch(token, key, clock.now())) throw unauthorized();
      recordUse(key);
      return { tenant: key.tenant, keyId: key.id };
    },
    async isStillValid({ keyId }) {
      if (keyId === null) return !(await required());
      const key = await records.get(keyId);
      return key !== null && isActive(key, clock.now());
    },
    hasCachedKey(text) {
      const token = parseToken(text);
      const key = token && records.last(token.id);
      return token !== null && key !== null && isMatch(token, key, clock.now());
    },
    required,
    async revoke(id) {
      const key = await store.revoke(id, clock.now().toISOString());
      if (key) return key;
      throw new InnerloopError('not_found', `Expected the id of a key, got ${JSON.stringify(id)}`);
    },
    list: (tenant) => store.list(tenant),
  };
}

/** Compares in constant time, so that response times leak nothing about the hash. */
function isMatch({ secret }: KeyToken, key: ApiKey, now: Date): boolean {
  const isRight = timingSafeEqual(Buffer.from(hashSecret(secret), 'hex'), Buffer.from(key.hash, 'hex'));
  return isRight && isActive(key, now);
}

function isActive({ expiresAt, revokedAt }: ApiKey, now: Date): boolean {
  return revokedAt === null && (expiresAt === null || new Date(expiresAt) > now);
}

/** Records uses once a minute per key, in the background. Losing one does no harm. */
function createUseRecorder(store: KeyStore, clock: Clock, onError: (error: unknown) => void) {
  const recorded = new Map<string, string>();
  return ({ id, lastUsedAt }: ApiKey): void => {
    const minute = new Date(Math.floor(clock.now().getTime() / 60_000) * 60_000).toISOString();
    if (minute <= (recorded.get(id) ?? lastUsedAt ?? '')) return;
    recorded.set(id, minute);
    store.touch(id, minute).catch(onError);
  };
}

function checkTenant(tenant: string): void {
  if (new RegExp(TENANT_ID_PATTERN).test(tenant)) return;
  const expected = `a tenant that matches ${TENANT_ID_PATTERN}`;
  const got = JSON.stringify(tenant);
  throw new InnerloopError('invalid_request', `Expected ${expected}, got ${got}`, { expected, got });
}

function dateInPast(expiresAt: Date): InnerloopError {
  const expected = 'a date in the future';
  const got = expiresAt.toISOString();
  return new InnerloopError('invalid_request', `Expected ${expected} for the expiry of the key, got ${got}`, {
    expected,
    got,
  });
}

function unauthorized(): InnerloopError {
  const expected = 'a valid API key';
  const message = `Expected ${expected}, got one that is unknown, wrong, expired or revoked`;
  return new InnerloopError('unauthorized', message, { expected });
}
