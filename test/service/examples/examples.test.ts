import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { AdaptRequest, Service } from '../../../src/service/service.ts';
import { loadedRunner } from '../../support/loaded-runner.ts';
import { tinyPackages } from '../../support/packages.ts';
import { corners, labelled, openService, settle, type TestService } from '../../support/service.ts';

const packages = [tinyPackages.gradients(), tinyPackages.prototypes(), tinyPackages.curve()];

describe('the examples of a task', () => {
  const runner = loadedRunner(packages);
  let opened: TestService;
  let service: Service;
  beforeEach(() => {
    opened = openService(runner, packages);
    service = opened.service;
    onTestFinished(() => opened[Symbol.asyncDispose]());
    service.processAdaptations();
  });

  const adapted = async (request: AdaptRequest = corners, task = 'signs') =>
    settle(service, await service.adapt('acme', task, request));
  const readapted = async (task = 'signs') => settle(service, await service.readapt('acme', task));
  const list = async (filter = {}, task = 'signs') =>
    (await service.examples('acme', task, { limit: 100 }, filter)).data;
  const labels = async (task = 'signs') => (await list({}, task)).map(({ label }) => label).toSorted();
  const stale = async () => (await service.task('acme', 'signs')).stale;
  const predict = (adaptation?: string) =>
    service.predict('acme', 'signs', [{ kind: 'json', value: [1, 1] }], { adaptation });
  const first = async (filter: object) => (await list(filter))[0]?.id ?? '';

  it('are listed in pages that stay right when examples are erased in between', async () => {
    await adapted();
    const all = await list();
    expect(all).toHaveLength(4);
    expect(all[0]).toMatchObject({ kind: 'tensor', weight: 1, source: 'adapt', size: 8 });
    const page = await service.examples('acme', 'signs', { limit: 2 }, {});
    expect(page.data).toEqual(all.slice(0, 2));
    await service.erase('acme', 'signs', { id: all[1]?.id });
    const rest = await service.examples('acme', 'signs', { limit: 2, after: page.nextCursor ?? '' }, {});
    expect(rest).toEqual({ data: all.slice(2), nextCursor: null });
    await expect(service.examples('acme', 'signs', { limit: 2, after: 'x' }, {})).rejects.toMatchObject({
      code: 'invalid_request',
    });
  });

  it('are filtered by label and source, and read one by one with their content', async () => {
    await adapted();
    expect(await list({ label: 'low' })).toHaveLength(2);
    expect(await list({ source: 'feedback' })).toEqual([]);
    const [one] = await list({ label: 'high' });
    expect(await service.example('acme', 'signs', one?.id ?? '')).toEqual(one);
    const { content } = await service.exampleContent('acme', 'signs', one?.id ?? '');
    expect(content.bytes).toHaveLength(8);
    for (const id of ['ex_none', `ex_${'0'.repeat(32)}`, '../x'])
      await expect(service.example('acme', 'signs', id)).rejects.toMatchObject({ code: 'example_not_found' });
    await expect(service.example('other', 'signs', one?.id ?? '')).rejects.toMatchObject({
      code: 'task_not_found',
    });
    await expect(service.exampleThumbnail('acme', 'signs', one?.id ?? '')).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('make the task stale when one gets another label, until the task is adapted to them', async () => {
    const before = await adapted();
    expect(await stale()).toBe(false);
    const id = await first({ label: 'low' });
    expect(await service.relabel('acme', 'signs', id, { label: 'middle' })).toMatchObject({
      id,
      label: 'middle',
      size: 8,
    });
    expect(await stale()).toBe(true);
    expect((await predict()).adaptation).toBe(before.id);
    const after = await readapted();
    expect(after).toMatchObject({ status: 'succeeded', support: { labels: { high: 2, low: 1, middle: 1 } } });
    expect(await stale()).toBe(false);
    expect((await predict()).adaptation).toBe(after.id);
  });

  it('are what later examples are appended to, also when the adaptation to them fails', async () => {
    await adapted();
    await service.relabel('acme', 'signs', await first({ label: 'low' }), { label: 'middle' });
    const settings = { steps: 100_000 };
    const long = await service.readapt('acme', 'signs', { settings });
    await service.cancel('acme', 'signs', long.id);
    expect(await labels()).toEqual(['high', 'high', 'low', 'middle']);
    const more = await adapted({ mode: 'append', support: labelled(['top', 2, 2]) });
    expect(more.support.labels).toEqual({ high: 2, low: 1, middle: 1, top: 1 });
    await adapted();
    expect(await labels()).toEqual(['high', 'high', 'low', 'low']);
    expect(await stale()).toBe(false);
  });

  it('keep each of concurrent edits, appends and readapts', async () => {
    await adapted();
    const [low = '', other = ''] = (await list({ label: 'low' })).map(({ id }) => id);
    await Promise.all([
      service.relabel('acme', 'signs', low, { label: 'one' }),
      adapted({ mode: 'append', support: labelled(['top', 2, 2]) }),
      readapted(),
      service.relabel('acme', 'signs', other, { label: 'two' }),
      adapted({ mode: 'append', support: labelled(['end', 3, 3]) }),
    ]);
    expect(await labels()).toEqual(['end', 'high', 'high', 'one', 'top', 'two']);
  });

  it('erase what was learnt from them: no state, no prediction, no activation, until readapt', async () => {
    const one = await adapted();
    const two = await adapted({ ...corners, settings: { steps: 2 } });
    await predict();
    expect(await opened.cache.has(`acme/${two.id}`)).toBe(true);
    const erasure = await service.erase('acme', 'signs', { id: await first({ label: 'low' }) });
    expect(erasure).toEqual({ examples: 1, adaptations: expect.arrayContaining([one.id, two.id]) });
    expect(await opened.cache.has(`acme/${two.id}`)).toBe(false);
    expect(runner.isResident(`acme/${two.id}`)).toBe(false);
    expect(await stale()).toBe(true);
    await expect(predict()).rejects.toMatchObject({
      code: 'task_not_adapted',
      message: expect.stringContaining('readapt'),
    });
    for (const refused of [predict(one.id), service.activate('acme', 'signs', one.id)])
      await expect(refused).rejects.toMatchObject({ code: 'adaptation_erased' });
    expect(await service.adaptation('acme', 'signs', one.id)).toMatchObject({ status: 'erased', losses: [] });
    expect(await readapted()).toMatchObject({ status: 'succeeded', support: { examples: 3 } });
    expect((await predict()).predictions).toHaveLength(1);
  });

  it('that are erased while a run learns from them end the run', async () => {
    const running = await service.adapt('acme', 'signs', { ...corners, settings: { steps: 100_000 } });
    for await (const { type } of service.events('acme', 'signs', running.id, 0, AbortSignal.timeout(20_000)))
      if (type === 'step') break;
    const erasure = await service.erase('acme', 'signs', { label: 'low' });
    expect(erasure).toEqual({ examples: 2, adaptations: [running.id] });
    await opened.queue.drain();
    expect(await service.adaptation('acme', 'signs', running.id)).toMatchObject({ status: 'erased' });
    expect(await opened.cache.has(`acme/${running.id}`)).toBe(false);
    expect(opened.errors).toEqual([]);
  });

  it('are erased by label or source, and some of them must be named', async () => {
    await adapted();
    expect(await service.erase('acme', 'signs', { source: 'feedback' })).toEqual({
      examples: 0,
      adaptations: [],
    });
    await expect(service.erase('acme', 'signs', {})).rejects.toMatchObject({ code: 'invalid_request' });
    const id = await first({});
    await service.erase('acme', 'signs', { id });
    await expect(service.erase('acme', 'signs', { id })).rejects.toMatchObject({ code: 'example_not_found' });
    expect((await service.erase('acme', 'signs', { source: 'adapt' })).examples).toBe(3);
    expect(await list()).toEqual([]);
    await expect(service.readapt('acme', 'signs')).rejects.toMatchObject({ code: 'invalid_support_set' });
  });

  it('have targets for regression, of which each can be replaced', async () => {
    const points = [0, 1, 2].map((x) => ({ input: { kind: 'json', value: [x] } as const, target: [x] }));
    await adapted({ model: 'tiny-curve', support: points }, 'curve');
    const [{ id = '' } = {}] = await list({}, 'curve');
    expect((await service.relabel('acme', 'curve', id, { target: 7 })).target).toEqual([7]);
    for (const [given, pointer] of [
      [{ target: [1, 2] }, '/target'],
      [{ label: 'x' }, '/label'],
      [{}, ''],
      [{ label: 'x', target: 1 }, ''],
    ] as const)
      await expect(service.relabel('acme', 'curve', id, given)).rejects.toMatchObject({
        details: { pointer: expect.stringMatching(`^${pointer}`) },
      });
    expect(await readapted('curve')).toMatchObject({ status: 'succeeded', support: { examples: 3 } });
  });
});
