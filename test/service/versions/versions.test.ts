import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { AdaptRequest, Service } from '../../../src/service/service.ts';
import { loadedRunner } from '../../support/loaded-runner.ts';
import { tinyPackages } from '../../support/packages.ts';
import { corners, labelled, openService, settle } from '../../support/service.ts';

const packages = [tinyPackages.gradients(), tinyPackages.prototypes(), tinyPackages.curve()];

describe('the versions of a task', () => {
  const runner = loadedRunner(packages);
  let service: Service;
  beforeEach(() => {
    const opened = openService(runner, packages);
    service = opened.service;
    onTestFinished(() => opened[Symbol.asyncDispose]());
    service.processAdaptations();
  });
  const adapted = async (request: AdaptRequest, task = 'signs') =>
    settle(service, await service.adapt('acme', task, request));
  const current = async () => (await service.task('acme', 'signs')).current;
  const json = (...values: unknown[]) => values.map((value) => ({ kind: 'json', value }) as const);
  const swapped = {
    ...corners,
    support: corners.support.map((each) => ({ ...each, label: `not ${each.label}` })),
  };

  it('roll back and forward again, and a later adaptation replaces both', async () => {
    const one = await adapted(corners);
    const two = await adapted({ ...corners, settings: { steps: 2 } });
    expect((await service.activate('acme', 'signs', one.id)).id).toBe(one.id);
    expect(await current()).toBe(one.id);
    expect((await service.predict('acme', 'signs', json([1, 1]))).adaptation).toBe(one.id);
    await service.activate('acme', 'signs', two.id);
    expect(await current()).toBe(two.id);
    const three = await adapted({ mode: 'append', support: labelled(['top', 2, 2]) });
    expect(await current()).toBe(three.id);
    // The same request again is the latest decision.
    await service.activate('acme', 'signs', one.id);
    expect((await adapted({ ...corners, settings: { steps: 2 } })).id).toBe(two.id);
    expect(await current()).toBe(two.id);
  });

  it('are not replaced by a run that was accepted before and ends later', async () => {
    const one = await adapted(corners);
    await adapted({ ...corners, settings: { steps: 2 } });
    const late = await service.adapt('acme', 'signs', { ...corners, settings: { steps: 2000 } });
    await service.activate('acme', 'signs', one.id);
    expect((await settle(service, late)).status).toBe('succeeded');
    expect(await current()).toBe(one.id);
  });

  it('that have not succeeded, and those of other tasks, cannot be activated', async () => {
    await adapted(corners);
    const other = await adapted(corners, 'other');
    const failed = await adapted({ ...corners, settings: { steps: 50, rate: 1e30 } });
    expect(failed.status).toBe('failed');
    const activate = (id: string) => service.activate('acme', 'signs', id);
    await expect(activate(failed.id)).rejects.toMatchObject({ code: 'adaptation_not_succeeded' });
    for (const id of [other.id, 'adp_none'])
      await expect(activate(id)).rejects.toMatchObject({ code: 'adaptation_not_found' });
  });

  it('are compared on the same inputs: how many answers agree, and both where they differ', async () => {
    const one = await adapted({ ...corners, model: 'tiny-prototypes' });
    const two = await adapted({ ...swapped, model: 'tiny-prototypes' });
    const inputs = json([0, 0], [1, 1]);
    const same = await service.compare('acme', 'signs', [one.id, one.id], inputs);
    expect(same).toEqual({
      adaptations: [one, one].map(({ id, model }) => ({ id, model })),
      inputs: 2,
      agreement: 1,
      differences: [],
    });
    const other = await service.compare('acme', 'signs', [one.id, two.id], inputs);
    expect(other).toMatchObject({
      agreement: 0,
      differences: [
        { item: 0, answers: [{ label: 'low' }, { label: 'not low' }] },
        { item: 1, answers: [{ label: 'high' }, { label: 'not high' }] },
      ],
    });
  });

  it('of numbers agree when they differ by rounding only', async () => {
    const points = (slope: number): AdaptRequest => ({
      model: 'tiny-curve',
      support: [0, 1, 2].map((x) => ({ input: { kind: 'json', value: [x] }, target: [slope * x] })),
    });
    const one = await adapted(points(1), 'curve');
    const two = await adapted(points(3), 'curve');
    const inputs = json([0.5], [2]);
    const same = await service.compare('acme', 'curve', [one.id, one.id], inputs);
    expect(same).toMatchObject({ agreement: 1, meanAbsoluteDifference: 0 });
    const other = await service.compare('acme', 'curve', [one.id, two.id], inputs);
    expect(other.agreement).toBeLessThan(1);
    expect(other.meanAbsoluteDifference).toBeGreaterThan(0);
  });
});
