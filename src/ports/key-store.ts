import type { TenantId } from '../domain/task.ts';

/** A bearer key as it is kept: its secret is nowhere, only the secret's hash. */
export interface ApiKey {
  /** Public part; names the key in lists, logs and on revocation. */
  readonly id: string;
  readonly tenant: TenantId;
  /** What the operator called it; may be empty. */
  readonly name: string;
  /** SHA-256 of the secret, hexadecimal. The secret has 256 random bits, so a slow hash would add nothing. */
  readonly hash: string;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
  /** To the minute. */
  readonly lastUsedAt: string | null;
}

/**
 * Who may call. When a promise resolves, every process sees the write. Implementations must pass
 * `test/support/contracts/key-store.ts`.
 */
export interface KeyStore extends AsyncDisposable {
  add(key: ApiKey): Promise<void>;
  /** As `add`, when there has never been a key; answers whether it was written. Of many at once, one is. */
  addFirst(key: ApiKey): Promise<boolean>;
  find(id: string): Promise<ApiKey | null>;
  /** Oldest first; revoked ones too. */
  list(tenant?: TenantId): Promise<readonly ApiKey[]>;
  /** The key as it now stands, or null when there is none; a key that is revoked keeps its date. */
  revoke(id: string, at: string): Promise<ApiKey | null>;
  /** Note a use. An older one than is known changes nothing. */
  touch(id: string, at: string): Promise<void>;
  /** Whether there has ever been a key. */
  everHadKey(): Promise<boolean>;
}
