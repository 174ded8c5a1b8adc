import { describe, expect, it } from 'vitest';
import { createLmdbTaskStore } from '../../../src/adapters/lmdb/tasks/task-store.ts';
import { describeTaskStoreContract } from '../../support/contracts/task-store.ts';
import { draftOf, plenty, supportOf, taskDraft } from '../../support/examples.ts';
import { scratchFolder } from '../../support/scratch.ts';

describe('LMDB task store', () => {
  describeTaskStoreContract(async (quota) => createLmdbTaskStore({ path: await scratchFolder(), quota }));

  it('finds everything after it is opened again', async () => {
    const path = await scratchFolder();
    const given = supportOf(['b', '\ud800 lone surrogate', 'ä']);
    const { support } = given;
    const idempotency = { key: 'k1', digest: 'sha256:one' };
    {
      await using store = createLmdbTaskStore({ path, quota: plenty });
      await store.accept(draftOf('one'), given, taskDraft, { idempotency });
    }
    await using store = createLmdbTaskStore({ path, quota: plenty });
    expect(await store.task('acme', 'runes')).toMatchObject({ submitted: 1 });
    expect(await store.supportSet('acme', 'runes', support.digest)).toEqual(support);
    expect(await store.unfinished()).toEqual([{ tenant: 'acme', task: 'runes', id: 'one' }]);
    const record = { ...draftOf('one'), sequence: 1 };
    expect(await store.adaptation('acme', 'runes', 'one')).toEqual(record);
    expect(await store.acceptedUnder('acme', 'runes', idempotency, record.createdAt)).toEqual(record);
  });
});
