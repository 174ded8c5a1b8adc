import type { Scope } from '../../domain/keys/scope.ts';
import type { TenantId } from '../../domain/task.ts';
import type { TenantData } from './tenant-data.ts';

/** A bearer key as stored: with the hash of its secret, never the secret. */
export interface ApiKey {
  /** Public part of the key. Lists, logs and `revoke` use it. */
  readonly id: string;
  readonly tenant: TenantId;
  /** A name that the operator chose; may be empty. */
  readonly name: string;
  /** What the key may do; at least one. A key that was stored without scopes has all, as `ALL_SCOPES`. */
  readonly scopes: readonly Scope[];
  /** SHA-256 of the secret, hexadecimal. The secret has 256 random bits, so it needs no slow hash. */
  readonly hash: string;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
  /** Rounded down to the minute. */
  readonly lastUsedAt: string | null;
}

/** A tenant whose data were asked to be erased. Its requests are refused for as long as this is stored. */
export interface TenantDeletion {
  readonly tenant: TenantId;
  readonly askedAt: string;
  /** Whether its keys stay, for new data. */
  readonly keepsKeys: boolean;
  /** When everything was erased for the first time; null before that. */
  readonly erasedAt: string | null;
}

/**
 * Stores API keys, and the tenants to erase. The command line may open this store while a server runs, and adds tenants to
 * erase. When the promise of a write resolves, all processes see the write. Implementations must pass
 * `test/support/contracts/key-store.ts`.
 */
export interface KeyStore extends TenantData, AsyncDisposable {
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
  /** Whether there has ever been a key, including revoked ones and those of deleted tenants. */
  everHadKey(): Promise<boolean>;
  /** Stores a deletion, in place of another one of the tenant. */
  putDeletion(deletion: TenantDeletion): Promise<void>;
  deletions(): Promise<readonly TenantDeletion[]>;
  removeDeletion(tenant: TenantId): Promise<void>;
}
