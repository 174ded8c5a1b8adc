import type { TenantId } from '../domain/task.ts';

/** A bearer key as stored: with the hash of its secret, never the secret. */
export interface ApiKey {
  /** Public part of the key. Lists, logs and `revoke` use it. */
  readonly id: string;
  readonly tenant: TenantId;
  /** A name that the operator chose; may be empty. */
  readonly name: string;
  /** SHA-256 of the secret, hexadecimal. The secret has 256 random bits, so it needs no slow hash. */
  readonly hash: string;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
  /** Rounded down to the minute. */
  readonly lastUsedAt: string | null;
}

/**
 * Stores API keys. When the promise of a write resolves, all processes see the write. Implementations must pass
 * `test/support/contracts/key-store.ts`.
 */
export interface KeyStore extends AsyncDisposable {
  add(key: ApiKey): Promise<void>;
  /** Adds a key if none has ever existed. Answers whether it did. Only one of several concurrent calls adds its key. */
  addFirst(key: ApiKey): Promise<boolean>;
  find(id: string): Promise<ApiKey | null>;
  /** Oldest first, including revoked keys. */
  list(tenant?: TenantId): Promise<readonly ApiKey[]>;
  /** Answers the stored key, or null when there is none. A key that is already revoked keeps its date. */
  revoke(id: string, at: string): Promise<ApiKey | null>;
  /** Records a use. No effect when a later use is recorded. */
  touch(id: string, at: string): Promise<void>;
  /** Whether there has ever been a key, including revoked ones. */
  everHadKey(): Promise<boolean>;
}
