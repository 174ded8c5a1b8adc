import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Encoder } from '../../../src/package/encoder/encoder.ts';
import type { Package } from '../../../src/package/manifest.ts';
import type { ProgramRunner } from '../../../src/ports/program-runner.ts';
import type { ServiceOptions } from '../../../src/service/service-options.ts';
import { stateKey } from '../../../src/service/state-key.ts';
import { tensor } from '../../../src/tensor.ts';
import { deferred } from '../../support/deferred.ts';
import { eventually } from '../../support/eventually.ts';
import { createMemoryRunner } from '../../support/memory/program-runner.ts';
import { kept, openService, settle, type TestService, tickingClock } from '../../support/service.ts';
import { type CountingEmbedder, countingEmbedder, textPackages, texts } from '../../support/text-service.ts';

describe('adapting to examples that an encoder reads', () => {
  let runner: ProgramRunner;
  let installed: { packages: readonly Package[]; encoders: readonly Encoder[] };
  beforeAll(async () => {
    runner = createMemoryRunner();
    installed = await textPackages();
    for (const each of installed.packages) await runner.load(each);
  });
  afterAll(() => runner[Symbol.asyncDispose]());

  const open = (embedder: CountingEmbedder, former?: TestService, options: Partial<ServiceOptions> = {}) => {
    const { packages, encoders } = installed;
    const opened = openService(runner, packages, {
      encoders,
      ...embedder,
      ...(former && kept(former)),
      ...options,
    });
    onTestFinished(() => opened[Symbol.asyncDispose]());
    return opened;
  };
  const sent = ['aa', 'aaab', 'bb', 'bbba'];

  it('answers before it embeds, and runs after', async () => {
    const gate = deferred();
    const counting = countingEmbedder(() => gate.promise);
    const { service } = open(counting);
    service.processAdaptations();
    const accepted = await service.adapt('acme', 'letters', texts);
    expect(accepted).toMatchObject({ status: 'queued', warnings: [] });
    gate.resolve();
    expect(await settle(service, accepted)).toMatchObject({ status: 'succeeded' });
    expect(counting.embedded.toSorted()).toEqual(sent);
  });

  it('embeds each text once: not for a repeated request, another package, another task or a lost state', async () => {
    const counting = countingEmbedder();
    const first = open(counting);
    first.service.processAdaptations();
    const run = async (task: string, model = 'tiny-prototypes') =>
      settle(first.service, await first.service.adapt('acme', task, { ...texts, model }));
    const accepted = await run('letters');
    await run('letters');
    await run('again', 'tiny-gradients');
    expect(counting.embedded).toHaveLength(4);
    await run('other');
    expect(counting.embedded).toHaveLength(4);
    await first.cache.delete(stateKey({ tenant: 'acme', id: accepted.id }));
    await runner.forget(stateKey({ tenant: 'acme', id: accepted.id }));
    const model = await first.service.adaptedModel('acme', 'letters');
    const { data, timings } = await model.answer(tensor([1, 2], [2, 0]));
    expect(timings.tier).toBe('recomputed');
    expect(data[0]).toBeGreaterThan(0.5);
    expect(counting.embedded).toHaveLength(4);
  });

  it('embeds only what an append adds, and warns of it where the request has it', async () => {
    const counting = countingEmbedder();
    const { service } = open(counting);
    service.processAdaptations();
    await settle(service, await service.adapt('acme', 'letters', texts));
    const more = { label: 'A', input: { kind: 'text', text: 'aaaaaaaaaaaa' } } as const;
    const appended = await service.adapt('acme', 'letters', { support: [more], mode: 'append' });
    const ended = await settle(service, appended);
    expect(ended.support.examples).toBe(5);
    expect(ended.warnings).toEqual([{ code: 'text_cut', pointer: '/support/0/input', detail: 'Cut' }]);
    expect(counting.embedded).toHaveLength(5);
  });

  it('embeds what is left when the process that accepted has died, and nothing twice', async () => {
    const never = countingEmbedder(() => new Promise(() => undefined));
    const died = open(never);
    const accepted = await died.service.adapt('acme', 'letters', texts);
    const counting = countingEmbedder();
    const clock = tickingClock(Date.parse(accepted.createdAt) + 20_000);
    const { service } = open(counting, died, { clock });
    service.processAdaptations();
    await service.resubmitUnfinished();
    expect(await settle(service, accepted)).toMatchObject({ status: 'succeeded' });
    expect(counting.embedded.toSorted()).toEqual(sent);
  });

  it('leaves an adaptation to the process that embeds its examples, until all have features', async () => {
    const gate = deferred();
    const api = open(countingEmbedder(() => gate.promise));
    const accepted = await api.service.adapt('acme', 'letters', texts);
    const elsewhere = countingEmbedder();
    const worker = open(elsewhere, api);
    worker.service.processAdaptations();
    await worker.service.resubmitUnfinished();
    expect(await worker.queue.depth()).toBe(0);
    gate.resolve();
    await eventually(async () => expect(await api.queue.depth()).toBe(1));
    await worker.service.resubmitUnfinished();
    expect(await settle(worker.service, accepted)).toMatchObject({ status: 'succeeded' });
    expect(elsewhere.embedded).toEqual([]);
  });

  it('embeds what is left at once after a restart, when no other process uses the store', async () => {
    const died = open(countingEmbedder(() => new Promise(() => undefined)));
    const accepted = await died.service.adapt('acme', 'letters', texts);
    const counting = countingEmbedder();
    const clock = tickingClock(Date.parse(accepted.createdAt));
    const { service } = open(counting, died, { clock, isShared: false });
    service.processAdaptations();
    await service.resubmitUnfinished();
    expect(await settle(service, accepted)).toMatchObject({ status: 'succeeded' });
    expect(counting.embedded.toSorted()).toEqual(sent);
  });

  it('submits an adaptation once its examples are embedded, and tells when all are', async () => {
    const gate = deferred();
    const { service, queue } = open(
      countingEmbedder(() => gate.promise),
      undefined,
      { isShared: false },
    );
    await service.adapt('acme', 'letters', texts);
    await service.adapt('other', 'letters', texts);
    let isEmbedded = false;
    const embedded = service.embedded().then(() => {
      isEmbedded = true;
    });
    await service.resubmitUnfinished();
    expect(await queue.depth()).toBe(0);
    expect(isEmbedded).toBe(false);
    gate.resolve();
    await embedded;
    expect(await queue.depth()).toBe(2);
  });

  it('keeps tenants apart', async () => {
    const counting = countingEmbedder();
    const { service } = open(counting);
    service.processAdaptations();
    for (const tenant of ['acme', 'other'])
      await settle(service, await service.adapt(tenant, 'letters', texts));
    expect(counting.embedded).toHaveLength(8);
  });

  it('refuses an empty text, and stores nothing', async () => {
    const { service, store } = open(countingEmbedder());
    const support = [...(texts.support as []), { label: 'A', input: { kind: 'text', text: ' \n' } } as const];
    const refused = service.adapt('acme', 'letters', { ...texts, support });
    await expect(refused).rejects.toMatchObject({
      code: 'invalid_input',
      details: { item: 4, pointer: '/input', got: 'an empty text' },
    });
    expect(await store.usage('acme')).toMatchObject({ tasks: 0, bytes: 0 });
  });

  it('fails with a reason when a text cannot be embedded', async () => {
    const counting = countingEmbedder(() => Promise.reject(new Error('broken')));
    const { service, errors } = open(counting);
    service.processAdaptations();
    const ended = await settle(service, await service.adapt('acme', 'letters', texts));
    expect(ended).toMatchObject({ status: 'failed', error: { code: 'adaptation_failed' } });
    expect(errors.length).toBeGreaterThan(0);
  });
});
