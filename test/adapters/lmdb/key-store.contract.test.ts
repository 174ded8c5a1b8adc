import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openEnvironment } from '../../../src/adapters/lmdb/environment.ts';
import { createLmdbKeyStore } from '../../../src/adapters/lmdb/key-store.ts';
import { apiKey, describeKeyStoreContract } from '../../support/contracts/key-store.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { processFile } from '../../support/tiers/processes.ts';

const script = processFile('key-store-process');

/** Opens the store at `path` in a separate process. Takes a method's name and arguments, and returns its result. */
async function otherProcess(path: string) {
  const child = spawn(process.execPath, [script, path], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill());
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const answer = async () => JSON.parse((await lines.next()).value as string) as unknown;
  expect(await answer()).toBe('open');
  return (method: string, ...values: unknown[]): Promise<unknown> => {
    child.stdin.write(`${JSON.stringify([method, ...values])}\n`);
    return answer();
  };
}

describe('LMDB key store', () => {
  describeKeyStoreContract(async () => createLmdbKeyStore({ path: await scratchFolder() }));

  it('shares its keys with every process that has it open', async () => {
    const path = await scratchFolder();
    await using here = createLmdbKeyStore({ path });
    const there = await otherProcess(path);
    expect([await here.everHadKey(), await there('everHadKey')]).toEqual([false, false]);

    await there('add', apiKey('a'));
    expect([await here.find('a'), await here.everHadKey()]).toEqual([apiKey('a'), true]);
    await here.revoke('a', '2026-02-01T00:00:00.000Z');
    expect(await there('find', 'a')).toEqual(apiKey('a', { revokedAt: '2026-02-01T00:00:00.000Z' }));
    await there('add', apiKey('b'));
    expect((await here.list()).map(({ id }) => id)).toEqual(['a', 'b']);
  });

  it('reads what another process has just written, also within one turn of the event loop', async () => {
    const path = await scratchFolder();
    await using here = createLmdbKeyStore({ path });
    const before = here.everHadKey();
    const input = `${JSON.stringify(['add', apiKey('a')])}\n`;
    spawnSync(process.execPath, [script, path], { input });
    const after = here.everHadKey();
    expect(await Promise.all([before, after])).toEqual([false, true]);
  });

  it('adds only one key when many processes add a first key', async () => {
    const path = await scratchFolder();
    const processes = await Promise.all([0, 1, 2].map(() => otherProcess(path)));
    const added = await Promise.all(processes.map((each, i) => each('addFirst', apiKey(`key-${i}`))));
    expect(added.filter(Boolean)).toHaveLength(1);
  });

  it('gives all scopes to a key that version 0.2 stored', async () => {
    const path = await scratchFolder();
    const { scopes, ...old } = apiKey('a');
    const environment = openEnvironment({ path, maxDbs: 1 });
    const table = environment.table<object, string>('keys', 'json');
    await environment.commit(() => table.put('a', old));
    await environment.close();
    await using keys = createLmdbKeyStore({ path });
    expect([await keys.find('a'), ...(await keys.list())]).toEqual([apiKey('a'), apiKey('a')]);
    expect((await keys.revoke('a', '2026-02-01T00:00:00.000Z'))?.scopes).toEqual(scopes);
  });

  it('finds its keys after it is opened again', async () => {
    const path = await scratchFolder();
    {
      await using keys = createLmdbKeyStore({ path });
      await keys.add(apiKey('a'));
    }
    await using keys = createLmdbKeyStore({ path });
    expect(await keys.list()).toEqual([apiKey('a')]);
  });
});
