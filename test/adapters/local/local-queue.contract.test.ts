import { describe, expect, it, vi } from 'vitest';
import { createLocalQueue } from '../../../src/adapters/local/local-queue.ts';
import { describeAdaptationQueueContract } from '../../support/contracts/adaptation-queue.ts';
import { deferred } from '../../support/deferred.ts';
import { eventually } from '../../support/eventually.ts';

describe('local queue', () => {
  describeAdaptationQueueContract(async () => createLocalQueue({ concurrency: 1, onError: () => undefined }));

  it('runs as many adaptations at the same time as its limit allows', async () => {
    await using queue = createLocalQueue({ concurrency: 2, onError: () => undefined });
    const done = deferred();
    let running = 0;
    queue.process(() => {
      running += 1;
      return done.promise;
    });
    for (const id of ['a', 'b', 'c']) await queue.submit({ tenant: 't', task: 't', id });
    expect(running).toBe(2);
    done.resolve();
    await eventually(() => expect(running).toBe(3));
  });

  it('reports errors that a handler does not catch', async () => {
    const onError = vi.fn();
    await using queue = createLocalQueue({ concurrency: 1, onError });
    const ref = { tenant: 't', task: 't', id: 'a' };
    queue.process(() => Promise.reject(new Error('lost the disk')));
    await queue.submit(ref);
    await eventually(() => expect(onError).toHaveBeenCalledWith(new Error('lost the disk'), ref));
  });
});
