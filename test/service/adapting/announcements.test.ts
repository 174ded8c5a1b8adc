import { expect, it } from 'vitest';
import type { AdaptationQueue } from '../../../src/ports/adaptation-queue.ts';
import type { ProgramRunner } from '../../../src/ports/program-runner.ts';
import { tensor } from '../../../src/tensor.ts';
import { createMemoryQueue } from '../../support/memory/adaptation-queue.ts';
import { tinyPackages } from '../../support/packages.ts';
import { corners, openService, settle } from '../../support/service.ts';

it('announces many steps together, and event subscribers still get each step', async () => {
  const runner = {
    adapt: async ({ steps, onStep }) => {
      for (let i = 0; i < steps; i++) onStep(i);
      return { w: tensor([1], [0]) };
    },
    isResident: () => false,
    forget: async () => undefined,
  } as Partial<ProgramRunner> as ProgramRunner;
  let announced = 0;
  const queue: AdaptationQueue = createMemoryQueue({ concurrency: 1, onError: () => undefined });
  const announce = queue.announce.bind(queue);
  queue.announce = (ref) => {
    announced += 1;
    return announce(ref);
  };
  await using opened = openService(runner, [tinyPackages.gradients()], { queue });
  const { service } = opened;
  service.processAdaptations();
  await service.resubmitUnfinished();
  const adaptation = await service.adapt('acme', 'signs', { ...corners, settings: { steps: 1000 } });
  expect(await settle(service, adaptation)).toMatchObject({ status: 'succeeded' });
  expect(announced).toBeLessThan(10);

  const told: number[] = [];
  const signal = AbortSignal.timeout(10_000);
  for await (const { id } of service.events('acme', 'signs', adaptation.id, 500, signal)) told.push(id);
  expect(told).toEqual(Array.from({ length: 1003 - 500 }, (_, i) => 501 + i));
});
