import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { conv4 } from '../../../src/nn/conv4.ts';
import { mlp } from '../../../src/nn/mlp.ts';
import { classifier } from '../../../src/nn/network.ts';
import type { Package } from '../../../src/package/manifest.ts';
import type { ProgramRunner } from '../../../src/ports/program-runner.ts';
import type { ServiceOptions } from '../../../src/service/service-options.ts';
import { eventually } from '../../support/eventually.ts';
import { createMemoryRunner } from '../../support/memory/program-runner.ts';
import { tinyPackage, tinyPackages } from '../../support/packages.ts';
import { corners, kept, labelled, openService, settle, type TestService } from '../../support/service.ts';

const first = tinyPackages.gradients();
/** The next version, with other programs. */
const next: Package = (() => {
  const { manifest, programs } = tinyPackage('tiny-gradients', 'maml', classifier(mlp([2, 6, 6])), {
    order: 1,
  });
  return { manifest: { ...manifest, version: '1.0.1' }, programs };
})();
const other = tinyPackages.prototypes();
const drawings = tinyPackage(
  'tiny-drawings',
  'protonets',
  classifier(conv4({ inputShape: [1, 28, 28], filters: 4, normalisation: 'none' })),
  {},
);
const curve = tinyPackages.curve();

describe('versions of packages', () => {
  let runner: ProgramRunner;
  beforeAll(async () => {
    runner = createMemoryRunner();
    for (const each of [first, next, other, drawings, curve]) await runner.load(each);
  });
  afterAll(() => runner[Symbol.asyncDispose]());

  const open = (packages: readonly Package[], former?: TestService, more: Partial<ServiceOptions> = {}) => {
    const opened = openService(runner, packages, { ...(former && kept(former)), ...more });
    onTestFinished(() => opened[Symbol.asyncDispose]());
    opened.service.processAdaptations();
    return opened;
  };
  const adapted = async (opened: TestService, request = corners) =>
    settle(opened.service, await opened.service.adapt('acme', 'signs', request));
  const upgrade = (before: TestService) =>
    open([next, other, drawings, curve], before, { formerPackages: [first] });
  const predict = ({ service }: TestService) =>
    service.predict('acme', 'signs', [{ kind: 'json', value: [0, 0.1] }]);

  it('keeps the package of a task before the task uses it', async () => {
    const keepPackage = vi.fn(async () => undefined);
    await adapted(open([first], undefined, { keepPackage }));
    expect(keepPackage).toHaveBeenCalledWith(first.manifest.digest);
  });

  it('lets a task stay with its version: predictions, appended examples and repeated requests', async () => {
    const before = open([first]);
    const { id } = await adapted(before);
    const answers = await predict(before);
    const after = upgrade(before);
    expect(await predict(after)).toMatchObject({
      predictions: answers.predictions,
      model: 'tiny-gradients@1.0.0',
    });
    expect((await adapted(after)).id).toBe(id);
    const more = { support: labelled(['left', -1, 0]), mode: 'append' } as const;
    expect(await adapted(after, more)).toMatchObject({ status: 'succeeded', model: 'tiny-gradients@1.0.0' });
    const again = await adapted(after, { support: [], mode: 'append', settings: { steps: 1 } });
    expect(again).toMatchObject({
      model: 'tiny-gradients@1.0.0',
      settings: { steps: 1 },
      support: { examples: 5 },
    });
  });

  it('moves a task by readapt: to the installed version, and to another package that reads the same', async () => {
    const before = open([first]);
    await adapted(before);
    const { service } = upgrade(before);
    const moved = await settle(service, await service.readapt('acme', 'signs'));
    expect(moved).toMatchObject({
      status: 'succeeded',
      model: 'tiny-gradients@1.0.1',
      support: { examples: 4 },
    });
    expect((await service.task('acme', 'signs')).current).toBe(moved.id);
    const changed = await service.readapt('acme', 'signs', { model: 'tiny-prototypes' });
    await settle(service, changed);
    expect(await service.task('acme', 'signs')).toMatchObject({
      model: 'tiny-prototypes',
      current: changed.id,
    });
    const more = { support: labelled(['left', -1, 0]), mode: 'append' } as const;
    const appended = await settle(service, await service.adapt('acme', 'signs', more));
    expect(appended).toMatchObject({ model: 'tiny-prototypes@1.0.0', support: { examples: 5 } });
  });

  it('refuses a package that cannot read the stored examples, and changes nothing', async () => {
    const opened = open([first, drawings, curve]);
    const { id } = await adapted(opened);
    for (const model of ['tiny-drawings', 'tiny-curve']) {
      const refused = opened.service.readapt('acme', 'signs', { model });
      await expect(refused).rejects.toMatchObject({ code: 'examples_not_readable' });
    }
    expect(await opened.service.task('acme', 'signs')).toMatchObject({
      model: 'tiny-gradients',
      current: id,
    });
  });

  it('has nothing to readapt to without examples', async () => {
    const { service } = open([first]);
    await expect(service.readapt('acme', 'signs')).rejects.toMatchObject({ code: 'task_not_found' });
    await service.putTask('acme', 'signs', { model: 'tiny-gradients' });
    await expect(service.readapt('acme', 'signs')).rejects.toMatchObject({ code: 'task_not_adapted' });
  });

  it('follows the package when the task says so: the old version answers until the new one has adapted', async () => {
    const before = open([first]);
    await before.service.putTask('acme', 'signs', { model: 'tiny-gradients', packageUpdates: 'follow' });
    await adapted(before);
    const after = upgrade(before);
    expect((await predict(after)).model).toBe('tiny-gradients@1.0.0');
    await eventually(async () => expect((await predict(after)).model).toBe('tiny-gradients@1.0.1'));
    const { data } = await after.service.adaptations('acme', 'signs', { limit: 9 });
    expect(data.map(({ model }) => model)).toEqual(['tiny-gradients@1.0.1', 'tiny-gradients@1.0.0']);
  });

  it('uses the installed version when the former one is gone', async () => {
    const before = open([first]);
    await adapted(before);
    const after = open([next], before);
    await expect(predict(after)).rejects.toMatchObject({ code: 'task_not_adapted' });
    await settle(after.service, await after.service.readapt('acme', 'signs'));
    expect((await predict(after)).model).toBe('tiny-gradients@1.0.1');
  });
});
