import type { Content, Contents } from '../../../domain/content.ts';
import type { TenantId } from '../../../domain/task.ts';
import type { Tensor } from '../../../tensor.ts';
import { decodeFeatures, encodeFeatures } from '../../feature-bytes.ts';
import type { Redis } from '../connection.ts';
import { contentKey, tenantKeys } from '../key-names.ts';
import { script } from '../script.ts';
import type { Hold } from './change.ts';
import { chunks, type Write } from './writes.ts';

/** The field of a task's hash that says that the task uses a content. */
export const useField = (digest: string) => `c:${digest}`;

type ReadFields = (...fields: string[]) => Promise<(string | null | undefined)[]>;

export async function usesAll(read: ReadFields, digests: readonly string[]): Promise<boolean> {
  return digests.length === 0 || (await read(...digests.map(useField))).every(Boolean);
}

/** The contents to commit when a task begins to use them: those that it does not use yet. */
export async function holdsOf(
  read: ReadFields,
  { tenant, task, given }: { tenant: TenantId; task: string; given: Contents },
): Promise<{ holds: readonly Hold[]; writes: readonly Write[] }> {
  const all = [...given];
  const used = all.length > 0 ? await read(...all.map(([digest]) => useField(digest))) : [];
  const fresh = all.filter((_, i) => !used[i]);
  return {
    holds: fresh.map(([digest, content]) => ({ key: contentKey(tenant, digest), content })),
    writes: chunks(fresh, MAX_FIELDS).map(
      (some): Write => ['HSET', task, ...some.flatMap(([digest]) => [useField(digest), 1])],
    ),
  };
}

const MAX_FIELDS = 500;
/** Contents in one round trip, because answers are held in memory. */
const MAX_READ = 100;

export async function readContents(
  redis: Redis,
  tenant: TenantId,
  digests: Iterable<string>,
): Promise<Contents> {
  const found = new Map<string, Content>();
  for (const some of chunks([...new Set(digests)], MAX_READ)) {
    const rows = await Promise.all(
      some.map((digest) => redis.hmgetBuffer(contentKey(tenant, digest), 'kind', 'data')),
    );
    rows.forEach(([kind, bytes], i) => {
      const digest = some[i] as string;
      if (kind && bytes) found.set(digest, { kind: kind.toString() as Content['kind'], bytes });
    });
  }
  return found;
}

export async function readFeatures(
  redis: Redis,
  tenant: TenantId,
  encoder: string,
  digests: Iterable<string>,
): Promise<ReadonlyMap<string, Tensor>> {
  const found = new Map<string, Tensor>();
  for (const some of chunks([...new Set(digests)], MAX_READ)) {
    const rows = await Promise.all(
      some.map((digest) => redis.hgetBuffer(contentKey(tenant, digest), featuresField(encoder))),
    );
    rows.forEach((bytes, i) => {
      const data = bytes && decodeFeatures(bytes);
      if (data) found.set(some[i] as string, { shape: [data.length], data });
    });
  }
  return found;
}

/** The sizes of the stored contents among `digests`. */
export async function readSizes(
  redis: Redis,
  tenant: TenantId,
  digests: Iterable<string>,
): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  for (const some of chunks([...new Set(digests)], MAX_READ)) {
    const sizes = await Promise.all(some.map((digest) => redis.hstrlen(contentKey(tenant, digest), 'data')));
    // No content is empty.
    sizes.forEach((size, i) => {
      if (size > 0) found.set(some[i] as string, size);
    });
  }
  return found;
}

const featuresField = (encoder: string) => `f:${encoder}`;

/** Writes features of contents that exist and have none, and adds their bytes to those of the content and the tenant. */
const putScript = script(`
local usage, field = KEYS[1], ARGV[1]
for i = 2, #KEYS do
  if redis.call('EXISTS', KEYS[i]) == 1 and redis.call('HSETNX', KEYS[i], field, ARGV[i]) == 1 then
    redis.call('HINCRBY', KEYS[i], 'bytes', #ARGV[i])
    redis.call('HINCRBY', usage, 'bytes', #ARGV[i])
  end
end
`);

export async function putFeatures(
  redis: Redis,
  tenant: TenantId,
  encoder: string,
  features: ReadonlyMap<string, Tensor>,
): Promise<void> {
  for (const some of chunks([...features], MAX_READ)) {
    await putScript(
      redis,
      [tenantKeys(tenant).usage, ...some.map(([digest]) => contentKey(tenant, digest))],
      [featuresField(encoder), ...some.map(([, { data }]) => Buffer.from(encodeFeatures(data)))],
    );
  }
}
