import { timingSafeEqual } from 'node:crypto';
import { createCachedLookup } from '../../concurrency/cached-lookup.ts';
import { TENANT_ID_PATTERN, type TenantId } from '../../domain/task.ts';
import { InnerloopError } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ApiKey, KeyStore } from '../../ports/key-store.ts';
import { formatToken, hashSecret, type KeyToken, newToken, parseToken } from './key-token.ts';

/** Who calls. Without keys there is one tenant, and no key. */
export interface Caller {
  readonly tenant: TenantId;
  readonly keyId: string | null;
}

export interface IssuedKey {
  readonly key: ApiKey;
  /** Shown once: it is kept nowhere. */
  readonly token: string;
}

export interface Keys {
  /** @throws InnerloopError `invalid_request` for a tenant's name that is none, or a date that has passed. */
  issue(tenant: TenantId, options?: { name?: string; expiresAt?: Date | null }): Promise<IssuedKey>;
  /** A key of `tenant` when there has never been one, else null. Of many processes that ask at once, one gets it. */
  createFirst(tenant: TenantId): Promise<IssuedKey | null>;
  /**
   * Whose token it is. A key that was revoked is refused within a second: that long a look-up is remembered.
   * @throws InnerloopError `unauthorized`, the same for a token that is unknown, wrong, expired or revoked.
   */
  verify(token: string): Promise<Caller>;
  /** Whether a caller who was let in would be now, for what outlasts a request's beginning. */
  isStillValid(caller: Caller): Promise<boolean>;
  /** Whether `verify` has let this token in before, told without asking the store. */
  hasCachedKey(token: string): boolean;
  /** Whether callers need a key: always, or as soon as there has ever been one. */
  required(): Promise<boolean>;
  /** @throws InnerloopError `not_found` */
  revoke(id: string): Promise<ApiKey>;
  /** Oldest first; revoked ones too. */
  list(tenant?: TenantId): Promise<readonly ApiKey[]>;
}

export interface KeysOptions {
  readonly store: KeyStore;
  readonly clock: Clock;
  /** From a cryptographic source. */
  randomBytes(size: number): Buffer;
  /** Whether callers need a key even when there has never been one. */
  readonly isAlwaysRequired: boolean;
  /** Hears why a use could not be noted. */
  onError(error: unknown): void;
}

/** Bearer keys of tenants. */
export function createKeys({ store, clock, randomBytes, isAlwaysRequired, onError }: KeysOptions): Keys {
  const records = createCachedLookup((id: string) => store.find(id), clock);
  const everAny = createCachedLookup(async () => ({ value: await store.everHadKey() }), clock);
  const noteUse = createUseNotes(store, clock, onError);
  let hasKeys = isAlwaysRequired;
  const required = async () => {
    // Once there has been a key, for ever: the last one's end must not open the door.
    hasKeys ||= (await everAny.get(''))?.value ?? false;
    return hasKeys;
  };

  const draft = (tenant: TenantId, name = '', expiresAt: Date | null = null): IssuedKey => {
    const now = clock.now();
    checkTenant(tenant);
    if (expiresAt !== null && expiresAt <= now) throw passed(expiresAt);
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
      if (!token || !key || !opens(token, key, clock.now())) throw unauthorized();
      noteUse(key);
      return { tenant: key.tenant, keyId: key.id };
    },
    async isStillValid({ keyId }) {
      if (keyId === null) return !(await required());
      const key = await records.get(keyId);
      return key !== null && isInForce(key, clock.now());
    },
    hasCachedKey(text) {
      const token = parseToken(text);
      const key = token && records.last(token.id);
      return token !== null && key !== null && opens(token, key, clock.now());
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

/** Compares in constant time: how long it takes tells nothing of the hash. */
function opens({ secret }: KeyToken, key: ApiKey, now: Date): boolean {
  const isRight = timingSafeEqual(Buffer.from(hashSecret(secret), 'hex'), Buffer.from(key.hash, 'hex'));
  return isRight && isInForce(key, now);
}

function isInForce({ expiresAt, revokedAt }: ApiKey, now: Date): boolean {
  return revokedAt === null && (expiresAt === null || new Date(expiresAt) > now);
}

/** Notes uses to the minute, in the background: no request waits for it, and one that is lost is no harm. */
function createUseNotes(store: KeyStore, clock: Clock, onError: (error: unknown) => void) {
  const noted = new Map<string, string>();
  return ({ id, lastUsedAt }: ApiKey): void => {
    const minute = new Date(Math.floor(clock.now().getTime() / 60_000) * 60_000).toISOString();
    if (minute <= (noted.get(id) ?? lastUsedAt ?? '')) return;
    noted.set(id, minute);
    store.touch(id, minute).catch(onError);
  };
}

function checkTenant(tenant: string): void {
  if (new RegExp(TENANT_ID_PATTERN).test(tenant)) return;
  const expected = `a tenant that matches ${TENANT_ID_PATTERN}`;
  const got = JSON.stringify(tenant);
  throw new InnerloopError('invalid_request', `Expected ${expected}, got ${got}`, { expected, got });
}

function passed(expiresAt: Date): InnerloopError {
  const expected = 'a date to come';
  const got = expiresAt.toISOString();
  return new InnerloopError('invalid_request', `Expected ${expected} for the key's end, got ${got}`, {
    expected,
    got,
  });
}

function unauthorized(): InnerloopError {
  const expected = 'a key that is known and in force';
  const message = `Expected ${expected}, got one that is unknown, wrong, expired or revoked`;
  return new InnerloopError('unauthorized', message, { expected });
}
