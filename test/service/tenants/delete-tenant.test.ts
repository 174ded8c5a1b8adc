import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { InnerloopError } from '../../../src/errors.ts';
import { apiKey } from '../../support/contracts/key-store.ts';
import { createMemoryRunner } from '../../support/memory/program-runner.ts';
import { tinyPackages } from '../../support/packages.ts';
import { corners, openService, settle } from '../../support/service.ts';

const at = { keepsKeys: false, waitMs: 10_000 };

async function opened(now = { ms: Date.UTC(2026, 0, 1) }) {
  const runner = createMemoryRunner();
  const packages = [tinyPackages.gradients()];
  for (const each of packages) await runner.load(each);
  const clock = { now: () => new Date(now.ms) };
  const test = openService(runner, packages, { clock, graceMs: 60_000 });
  test.service.processAdaptations();
  const adapt = async (tenant: string, task: string) =>
    settle(test.service, await test.service.adapt(tenant, task, corners));
  return { ...test, adapt, runner };
}

describe('the deletion of a tenant', () => {
  it('erases tasks, states and keys, and leaves those of other tenants', async () => {
    const { service, adapt, store, cache, runner, keyStore } = await opened();
    for (const tenant of ['acme', 'bert']) await keyStore.add(apiKey(`of-${tenant}`, { tenant }));
    const [first, , other] = [
      await adapt('acme', 'one'),
      await adapt('acme', 'two'),
      await adapt('bert', 'one'),
    ];
    await service.predict('acme', 'one', [{ kind: 'json', value: [0, 0] }]);
    expect(await cache.has(`acme/${first.id}`)).toBe(true);
    expect(await service.deleteTenant('acme', at)).toBe(true);
    expect((await store.tasks('acme', { limit: 10 })).data).toEqual([]);
    expect((await store.usage('acme')).bytes).toBe(0);
    expect(await cache.has(`acme/${first.id}`)).toBe(false);
    expect(runner.isResident(`acme/${first.id}`)).toBe(false);
    expect((await keyStore.list()).map(({ tenant }) => tenant)).toEqual(['bert']);
    expect((await service.task('bert', 'one')).current).toBe(other.id);
    expect(await cache.has(`bert/${other.id}`)).toBe(true);
  });

  it('can keep the keys; the tenant is then usable at once', async () => {
    const { service, adapt, keyStore } = await opened();
    await keyStore.add(apiKey('a'));
    await adapt('acme', 'one');
    expect(await service.deleteTenant('acme', { ...at, keepsKeys: true })).toBe(true);
    expect((await keyStore.list('acme')).map(({ id }) => id)).toEqual(['a']);
    expect(await keyStore.deletions()).toEqual([]);
    expect((await adapt('acme', 'one')).status).toBe('succeeded');
  });

  it('erases once more what a request in progress stored, after the grace time', async () => {
    const now = { ms: Date.UTC(2026, 0, 1) };
    const { service, adapt, store, keyStore } = await opened(now);
    await keyStore.add(apiKey('a'));
    await adapt('acme', 'one');
    await service.deleteTenant('acme', at);
    await adapt('acme', 'late');
    now.ms += 59_999;
    await service.resumeDeletions();
    expect((await store.tasks('acme', { limit: 10 })).data).toHaveLength(1);
    expect(await keyStore.deletions()).toHaveLength(1);
    now.ms += 1;
    await service.resumeDeletions();
    expect((await store.tasks('acme', { limit: 10 })).data).toEqual([]);
    expect(await keyStore.deletions()).toEqual([]);
  });

  it('is stored first, and finished later if a store fails', async () => {
    const { service, adapt, store, cache, keyStore, errors } = await opened();
    await keyStore.add(apiKey('a'));
    await adapt('acme', 'one');
    const works = cache.deleteTenant;
    const failure = new InnerloopError('unavailable', 'no cache');
    cache.deleteTenant = () => Promise.reject(failure);
    expect(await service.deleteTenant('acme', at)).toBe(false);
    expect(errors).toEqual([failure]);
    expect(await keyStore.deletions()).toMatchObject([{ tenant: 'acme', erasedAt: null }]);
    expect(await keyStore.list('acme')).toHaveLength(1);
    cache.deleteTenant = works;
    await service.resumeDeletions();
    expect(await keyStore.list('acme')).toEqual([]);
    expect((await store.tasks('acme', { limit: 10 })).data).toEqual([]);
    expect(await keyStore.deletions()).toMatchObject([{ tenant: 'acme', erasedAt: expect.any(String) }]);
  });

  it('of a tenant without keys lets it go on at once', async () => {
    const { service, adapt, keyStore } = await opened();
    await adapt('default', 'one');
    expect(await service.deleteTenant('default', at)).toBe(true);
    expect(await keyStore.deletions()).toEqual([]);
  });

  it('may be asked for twice at once', async () => {
    const { service, adapt, store } = await opened();
    for (const task of ['one', 'two', 'three']) await adapt('acme', task);
    const both = await Promise.all([service.deleteTenant('acme', at), service.deleteTenant('acme', at)]);
    expect(both).toEqual([true, true]);
    expect((await store.tasks('acme', { limit: 10 })).data).toEqual([]);
  });

  it('does not wait for longer than asked', async () => {
    const { service, store } = await opened();
    store.deleteTenant = () => new Promise(() => undefined);
    expect(await service.deleteTenant('acme', { ...at, waitMs: 1 })).toBe(false);
  });

  it.each(['', 'a/b', '*'])('is refused for a tenant called %j', async (tenant) => {
    const { service, keyStore } = await opened();
    await expect(service.deleteTenant(tenant, at)).rejects.toMatchObject({ code: 'invalid_request' });
    expect(await keyStore.deletions()).toEqual([]);
  });
});

/** Ports that name tenants but need no deletion of their own. */
const exempt: Readonly<Record<string, string>> = {
  AdaptationRef: 'a name, no store',
  AdaptationQueue: 'the deletion of a task cancels its adaptations; one without a record ends at once',
  ContentStore: 'a part of TaskStore',
  ExampleStore: 'a part of TaskStore',
  FeatureWindows: 'a part of TaskStore',
};

describe('every port with data of tenants', () => {
  const folder = join(import.meta.dirname, '../../../src/ports');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const interfaces = files
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => {
      const text = readFileSync(join(folder, file), 'utf8');
      return [...text.matchAll(/^export interface (\w+)([^{]*)\{\n(.*?)^\}/gms)].map(
        ([, name = '', parents = '', body = '']) => ({ name, parents, body }),
      );
    });
  const isStore = ({ body }: (typeof interfaces)[number]) =>
    /\w+(<\w+>)?\([^;]*(TenantId|AdaptationRef)[^;]*\): Promise/s.test(body);
  const ofTenants = interfaces.filter(isStore).filter(({ name }) => name !== 'TenantData');

  it('can delete a tenant', () => {
    expect(ofTenants.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['TaskStore', 'KeyStore', 'Outbox']),
    );
    const lacking = ofTenants.filter(
      ({ name, parents }) => !parents.includes('TenantData') && !(name in exempt),
    );
    expect(lacking.map(({ name }) => name)).toEqual([]);
  });
});
