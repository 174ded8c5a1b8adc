import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { AdaptRequest, Service } from '../../../src/service/service.ts';
import { loadedRunner } from '../../support/loaded-runner.ts';
import { tinyPackages } from '../../support/packages.ts';
import { corners, labelled, openService, settle, type TestService } from '../../support/service.ts';

const packages = [tinyPackages.gradients(), tinyPackages.curve()];

describe('a task with a memory', () => {
  const runner = loadedRunner(packages);
  let opened: TestService;
  let service: Service;
  beforeEach(() => {
    opened = openService(runner, packages);
    service = opened.service;
    onTestFinished(() => opened[Symbol.asyncDispose]());
    service.processAdaptations();
  });
  const adapted = async (request: AdaptRequest, task = 'signs') =>
    settle(service, await service.adapt('acme', task, request));
  const remember = (last: number | null, model = 'tiny-gradients', task = 'signs') =>
    service.putTask('acme', task, { model, memory: last === null ? null : { last } });
  const inputs = async (task = 'signs') => {
    const { contents } = await service.examplesToDownload('acme', task);
    const found: number[] = [];
    for await (const { content } of contents()) found.push(Buffer.from(content.bytes).readFloatLE(0));
    return found.map((each) => Math.round(each * 10) / 10);
  };

  it('learns from the last examples of each label, in all modes', async () => {
    await remember(2);
    const first = await adapted({
      ...corners,
      support: labelled(['low', 0, 0], ['low', 0.1, 0], ['low', 0.2, 0], ['high', 1, 1]),
    });
    expect(first.support.labels).toEqual({ high: 1, low: 2 });
    expect(await inputs()).toEqual([0.1, 0.2, 1]);
    const second = await adapted({ mode: 'append', support: labelled(['low', 0.3, 0], ['high', 0.9, 1]) });
    expect(second.support.labels).toEqual({ high: 2, low: 2 });
    expect(await inputs()).toEqual([0.2, 1, 0.3, 0.9]);
    await remember(1);
    const third = await settle(service, await service.readapt('acme', 'signs'));
    expect(third.support.labels).toEqual({ high: 1, low: 1 });
    expect(await inputs()).toEqual([0.3, 0.9]);
    await remember(null);
    const whole = await adapted({ mode: 'append', support: labelled(['low', 0.4, 0]) });
    expect(whole.support.labels).toEqual({ high: 1, low: 2 });
  });

  it('counts all examples together for regression', async () => {
    await remember(2, 'tiny-curve', 'curve');
    const support = [0, 1, 2, 3].map((x) => ({ input: { kind: 'json', value: [x] } as const, target: [x] }));
    expect((await adapted({ support }, 'curve')).support.examples).toBe(2);
    expect(await inputs('curve')).toEqual([2, 3]);
  });

  it('does not store what it forgets at once, and keeps what older adaptations learnt from', async () => {
    await remember(1);
    await adapted({ ...corners, support: labelled(['low', 0, 0], ['low', 0.5, 0], ['high', 1, 1]) });
    const { examples, bytes } = await opened.store.usage('acme');
    expect(examples).toBe(2);
    const next = await adapted({ mode: 'append', support: labelled(['low', 0.6, 0]) });
    expect(next.support.examples).toBe(2);
    expect((await opened.store.usage('acme')).examples).toBe(4);
    await service.deleteTask('acme', 'signs');
    expect(bytes).toBeGreaterThan(0);
    expect((await opened.store.usage('acme')).bytes).toBe(0);
  });
});
