import { timingSafeEqual } from 'node:crypto';
import { createCachedLookup } from '../../concurrency/cached-lookup.ts';
import { retryWhileUnavailable } from '../../concurrency/retry-while-unavailable.ts';
import { ALL_SCOPES, isScope, SCOPES, type Scope } from '../../domain/keys/scope.ts';
import type { TenantId } from '../../domain/task.ts';
import { InnerloopError } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ApiKey, KeyStore } from '../../ports/stores/key-store.ts';
import { checkTenantId } from '../tenants/tenant-id.ts';
import { formatToken, hashSecret, ID_LENGTH, type KeyToken, newToken, parseToken } from './key-token.ts';

/** The authenticated caller. */
export interface Caller {
  readonly tenant: TenantId;
  /** Null when the server requires no keys; there is one tenant then. */
  readonly keyId: string | null;
  readonly scopes: readonly Scope[];
}

/** The caller while no keys exist. */
export const LOCAL_CALLER: Caller = Object.freeze({ tenant: 'default', keyId: null, scopes: ALL_SCOPES });

export interface IssuedKey {
  readonly key: ApiKey;
  /** Show it once: it is not stored. */
  readonly token: string;
}

export interface KeyOptions {
  readonly name?: string;
  readonly expiresAt?: Date | null;
  readonly scopes?: readonly string[];
}

export interface Keys {
  /**
   * Creates a key. Without `scopes`, it may do everything.
   * @throws InnerloopError `invalid_request` for a bad tenant name, an unknown scope or a date in the past; `unavailable`
   * for a tenant that is being deleted
   */
  issue(tenant: TenantId, options?: KeyOptions): Promise<IssuedKey>;
  /**
   * Creates a key if none has ever existed, else answers null. If several processes call it, one gets a key. While the store is
   * unavailable, tries for a minute or until `signal` aborts; without `signal`, tries once.
   */
  createFirst(tenant: TenantId, signal?: AbortSignal): Promise<IssuedKey | null>;
  /**
   * The caller that the token belongs to. A revoked key is refused after one second at most: lookups are cached for that
   * long.
   * @throws InnerloopError `unauthorized`, with the same message for an unknown, wrong, expired or revoked token.
   */
  verify(token: string): Promise<Caller>;
  /**
   * The caller with this token, or without one while no keys exist, if lookups of the last second show that it is accepted. Null
   * otherwise: then `required`, `verify` and `isBeingDeleted` say whether it is.
   */
  acceptedLately(token: string | undefined): Caller | null;
  /** Whether `verify` would still accept this caller. For long requests, such as streams. */
  isStillValid(caller: Pick<Caller, 'keyId'>): Promise<boolean>;
  /** Whether the token is valid according to the cached lookups, without asking the store. */
  hasCachedKey(token: string): boolean;
  /** Whether the data of the tenant are being erased; found out within a second. */
  isBeingDeleted(tenant: TenantId): Promise<boolean>;
  /** Whether callers need a key: true with `isAlwaysRequired`, or when a key has ever existed. */
  required(): Promise<boolean>;
  /** `idOrToken` may be the whole token, which contains the id. @throws InnerloopError `not_found` */
  revoke(idOrToken: string): Promise<ApiKey>;
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
  const deletions = createCachedLookup(async () => {
    return new Set((await store.deletions()).map(({ tenant }) => tenant));
  }, clock);
  const recordUse = createUseRecorder(store, clock, onError);
  let hasKeys = isAlwaysRequired;
  const required = async () => {
    // Once true, it stays true: revoking the last key must not open the server to everybody.
    hasKeys ||= (await everAny.get(''))?.value ?? false;
    return hasKeys;
  };

  const accept = (token: KeyToken | null, key: ApiKey | null): Caller | null => {
    if (!token || !key || !isMatch(token, key, clock.now())) return null;
    recordUse(key);
    return { tenant: key.tenant, keyId: key.id, scopes: key.scopes };
  };

  const draft = (tenant: TenantId, options: KeyOptions): IssuedKey => {
    const { name = '', expiresAt = null, scopes = ALL_SCOPES } = options;
    const now = clock.now();
    checkTenantId(tenant);
    if (expiresAt !== null && expiresAt <= now) throw dateInPast(expiresAt);
    const token = newToken(randomBytes);
    const key = {
      id: token.id,
      tenant,
      name,
      scopes: readScopes(scopes),
      hash: hashSecret(token.secret),
      createdAt: now.toISOString(),
      expiresAt: expiresAt?.toISOString() ?? null,
      revokedAt: null,
      lastUsedAt: null,
    };
    return { key, token: formatToken(token) };
  };

  return {
    async issue(tenant, options = {}) {
      const issued = draft(tenant, options);
      const isErased = (await store.deletions()).some((each) => each.tenant === tenant && !each.keepsKeys);
      if (isErased) throw deletedWith(tenant);
      await store.add(issued.key);
      return issued;
    },
    async createFirst(tenant, signal = AbortSignal.abort()) {
      const issued = draft(tenant, { name: 'first' });
      const add = async () => {
        if (await store.addFirst(issued.key)) return issued;
        // An earlier attempt may have added it, although its answer was lost.
        return (await store.find(issued.key.id)) ? issued : null;
      };
      return retryWhileUnavailable(add, signal);
    },
    async verify(text) {
      const token = parseToken(text);
      const caller = accept(token, token && (await records.get(token.id)));
      if (!caller) throw unauthorized();
      return caller;
    },
    acceptedLately(text) {
      const everHadKey = hasKeys || everAny.fresh('')?.value;
      const deleted = deletions.fresh('');
      if (everHadKey === undefined || deleted === null) return null;
      const token = text === undefined ? null : parseToken(text);
      const caller = everHadKey ? accept(token, token && records.fresh(token.id)) : LOCAL_CALLER;
      return caller === null || deleted.has(caller.tenant) ? null : caller;
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
    isBeingDeleted: async (tenant) => (await deletions.get(''))?.has(tenant) ?? false,
    required,
    async revoke(idOrToken) {
      const id = parseToken(idOrToken)?.id ?? idOrToken;
      const key = await store.revoke(id, clock.now().toISOString());
      if (key) return key;
      throw notAnId(id);
    },
    list: (tenant) => store.list(tenant),
  };
}

function deletedWith(tenant: TenantId): InnerloopError {
  const message = `Expected a tenant that is not being deleted, got ${JSON.stringify(tenant)}. A key created now would be deleted with its data: wait 10 minutes and twice MAX_ARRIVAL_MS after the deletion, while a server runs`;
  return new InnerloopError('unavailable', message);
}

/** Compares in constant time, so that response times leak nothing about the hash. */
function isMatch({ secret }: KeyToken, key: ApiKey, now: Date): boolean {
  const isRight = timingSafeEqual(Buffer.from(hashSecret(secret)), Buffer.from(key.hash));
  return isRight && isActive(key, now);
}

function isActive({ expiresAt, revokedAt }: ApiKey, now: Date): boolean {
  return revokedAt === null && (expiresAt === null || new Date(expiresAt) > now);
}

const MINUTE_MS = 60_000;

/** Records uses once a minute per key, in the background. Losing one does no harm. */
function createUseRecorder(store: KeyStore, clock: Clock, onError: (error: unknown) => void) {
  const recorded = new Map<string, number>();
  return ({ id, lastUsedAt }: ApiKey): void => {
    const minute = Math.floor(clock.now().getTime() / MINUTE_MS) * MINUTE_MS;
    const last =
      recorded.get(id) ?? (lastUsedAt === null ? Number.NEGATIVE_INFINITY : Date.parse(lastUsedAt));
    if (minute <= last) return;
    recorded.set(id, minute);
    store.touch(id, new Date(minute).toISOString()).catch(onError);
  };
}

/** The scopes in the order of `SCOPES`, each once. @throws InnerloopError `invalid_request` */
function readScopes(given: readonly string[]): readonly Scope[] {
  const unknown = given.find((scope) => !isScope(scope));
  if (unknown === undefined && given.length > 0) return SCOPES.filter((scope) => given.includes(scope));
  const expected = `one or more of the scopes ${SCOPES.join(', ')}`;
  const got = unknown === undefined ? 'none' : JSON.stringify(unknown.slice(0, 64));
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

/** Repeats no text that is longer than an id: it may contain the secret of a key. */
function notAnId(text: string): InnerloopError {
  const got = text.length > ID_LENGTH ? `a text of ${text.length} characters` : JSON.stringify(text);
  return new InnerloopError('not_found', `Expected the id of a key, got ${got}`);
}

function unauthorized(): InnerloopError {
  const expected = 'a valid API key';
  const message = `Expected ${expected}, got one that is unknown, wrong, expired or revoked`;
  return new InnerloopError('unauthorized', message, { expected });
}
