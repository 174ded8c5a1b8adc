import { describe, expect, it, onTestFinished } from 'vitest';
import type { ProgramRunner } from '../../../src/ports/program-runner.ts';
import type { Service } from '../../../src/service/service.ts';
import type { ServiceOptions } from '../../../src/service/service-options.ts';
import { deferred } from '../../support/deferred.ts';
import { loadedRunner } from '../../support/loaded-runner.ts';
import { tinyPackages } from '../../support/packages.ts';
import { runnerOf } from '../../support/runner-of.ts';
import { corners, kept, openService, settle } from '../../support/service.ts';
import { manualClock } from '../../support/webhooks/in-memory.ts';

const packages = [tinyPackages.gradients(), tinyPackages.prototypes()];
const runner = loadedRunner(packages);
const clock = manualClock();
/** queued, running, three steps and the end. */
const END = 6;

function open(splits: ProgramRunner['splits'], overrides: Partial<ServiceOptions> = {}) {
  const opened = openService({ ...runnerOf(runner), splits }, packages, { clock, ...overrides });
  onTestFinished(() => opened[Symbol.asyncDispose]());
  opened.service.processAdaptations();
  return opened;
}
const adapt = async (service: Service, model = 'tiny-gradients') =>
  settle(service, await service.adapt('acme', 'signs', { ...corners, model }));
async function follow(service: Service, id: string, after = END): Promise<readonly string[]> {
  const types: string[] = [];
  for await (const event of service.events('acme', 'signs', id, after, AbortSignal.timeout(20_000)))
    types.push(`${event.id} ${event.type}`);
  return types;
}

describe('the stream of events', () => {
  it('goes on after the end until the report is there, for early and late subscribers', async () => {
    const release = deferred();
    const { service } = open(async (run) => {
      await release.promise;
      return runner.splits(run);
    });
    const { id, report } = await adapt(service);
    expect(report).toBeNull();
    const early = follow(service, id, END - 1);
    const waits = await Promise.race([early, new Promise((resolve) => setImmediate(resolve))]);
    expect(waits).toBeUndefined();
    release.resolve();
    expect(await early).toEqual(['6 succeeded', '7 report']);
    expect(await follow(service, id)).toEqual(['7 report']);
    expect(await follow(service, id, END + 1)).toEqual([]);
    expect((await service.adaptation('acme', 'signs', id)).report).not.toBeNull();
  });

  it('has the report at once when it is part of the run', async () => {
    const { service } = open(runner.splits);
    const { id } = await adapt(service, 'tiny-prototypes');
    expect(await follow(service, id, 0)).toEqual(['1 queued', '2 running', '3 succeeded', '4 report']);
  });

  it('ends without a report when it cannot be computed', async () => {
    const { service, errors } = open(() => Promise.reject(new Error('broken')));
    const { id } = await adapt(service);
    expect(await follow(service, id)).toEqual([]);
    expect(errors).toEqual([new Error('broken')]);
  });

  it('has the report that another process computes after the first one has died', async () => {
    // Its report never ends, so it is not waited for.
    const splits = () => new Promise<never>(() => undefined);
    const dying = openService({ ...runnerOf(runner), splits }, packages, { clock });
    dying.service.processAdaptations();
    const { id } = await adapt(dying.service);
    const next = open(runner.splits, kept(dying));
    const following = follow(next.service, id);
    clock.pass(61_000);
    expect(await following).toEqual(['7 report']);
  });
});
