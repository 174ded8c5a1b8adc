import type { Content, Contents } from '../../../domain/content.ts';
import type { TenantId } from '../../../domain/task.ts';
import type { Tensor } from '../../../tensor.ts';
import { decodeFeatures, encodeFeatures } from '../../feature-bytes.ts';
import { stringsUnder, type Tables } from '../tables.ts';

type ContentTables = Pick<Tables, 'contents' | 'holdings' | 'uses' | 'features'>;

/** Contents and features of all tenants. `hold`, `release` and `putFeatures` must run inside a write transaction. */
export function createContents({ contents, holdings, uses, features }: ContentTables) {
  return {
    hasAll: (tenant: TenantId, task: string, digests: readonly string[]): boolean =>
      digests.every((digest) => uses.doesExist([tenant, task, digest])),

    /** Bytes that `hold` adds to the tenant. */
    addedBytes: (tenant: TenantId, given: Contents): number =>
      [...given].reduce(
        (sum, [digest, { bytes }]) => sum + (holdings.doesExist([tenant, digest]) ? 0 : bytes.length),
        0,
      ),

    hold(tenant: TenantId, task: string, given: Contents): void {
      for (const [digest, { kind, bytes }] of given) {
        if (uses.doesExist([tenant, task, digest])) continue;
        uses.put([tenant, task, digest], true);
        const held = holdings.get([tenant, digest]);
        if (!held) contents.put([tenant, digest], Buffer.from(bytes));
        const holding = held ?? { kind, uses: 0, bytes: bytes.length };
        holdings.put([tenant, digest], { ...holding, uses: holding.uses + 1 });
      }
    },

    /**
     * Ends the uses of a task (default: all), and removes the contents that no other task uses. Answers the bytes that this
     * frees.
     */
    release(tenant: TenantId, task: string, digests?: readonly string[]): number {
      let freed = 0;
      const keys = digests?.map((digest) => [tenant, task, digest]).filter((key) => uses.doesExist(key));
      for (const key of keys ?? [...uses.getKeys(stringsUnder([tenant, task]))]) {
        uses.remove(key);
        const content = [tenant, key[2] ?? ''];
        const holding = holdings.get(content);
        if (holding && holding.uses > 1) holdings.put(content, { ...holding, uses: holding.uses - 1 });
        if (!holding || holding.uses > 1) continue;
        freed += holding.bytes;
        holdings.remove(content);
        contents.remove(content);
        for (const each of [...features.getKeys(stringsUnder(content))]) features.remove(each);
      }
      return freed;
    },

    read(tenant: TenantId, digests: Iterable<string>): Contents {
      const found = new Map<string, Content>();
      for (const digest of new Set(digests)) {
        const [bytes, holding] = [contents.get([tenant, digest]), holdings.get([tenant, digest])];
        if (bytes && holding) found.set(digest, { kind: holding.kind, bytes: new Uint8Array(bytes) });
      }
      return found;
    },

    sizes(tenant: TenantId, digests: Iterable<string>): ReadonlyMap<string, number> {
      const sized = [...new Set(digests)].map((digest) => [digest, contents.get([tenant, digest])] as const);
      return new Map(sized.flatMap(([digest, bytes]) => (bytes ? [[digest, bytes.length] as const] : [])));
    },

    features(tenant: TenantId, encoder: string, digests: Iterable<string>): ReadonlyMap<string, Tensor> {
      const found = new Map<string, Tensor>();
      for (const digest of new Set(digests)) {
        const bytes = features.get([tenant, digest, encoder]);
        if (bytes) found.set(digest, toVector(decodeFeatures(bytes)));
      }
      return found;
    },

    /** Answers the bytes that it adds to the tenant. */
    putFeatures(tenant: TenantId, encoder: string, given: ReadonlyMap<string, Uint8Array>): number {
      let added = 0;
      for (const [digest, bytes] of given) {
        const [key, content] = [
          [tenant, digest, encoder],
          [tenant, digest],
        ];
        const holding = holdings.get(content);
        if (!holding || features.doesExist(key)) continue;
        features.put(key, Buffer.from(bytes));
        holdings.put(content, { ...holding, bytes: holding.bytes + bytes.length });
        added += bytes.length;
      }
      return added;
    },
  };
}

/** Features as bytes, by the digest of their content. */
export function encodeAll(features: ReadonlyMap<string, Tensor>): ReadonlyMap<string, Uint8Array> {
  return new Map([...features].map(([digest, { data }]) => [digest, encodeFeatures(data)]));
}

function toVector(data: Float32Array): Tensor {
  return { shape: [data.length], data };
}
