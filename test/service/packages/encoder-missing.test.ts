import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Encoder } from '../../../src/package/encoder/encoder.ts';
import type { Package } from '../../../src/package/manifest.ts';
import type { ProgramRunner } from '../../../src/ports/program-runner.ts';
import type { ServiceOptions } from '../../../src/service/service-options.ts';
import { createMemoryRunner } from '../../support/memory/program-runner.ts';
import { tinyPackages } from '../../support/packages.ts';
import { corners, kept, openService, settle, type TestService } from '../../support/service.ts';
import { countingEmbedder, textPackages, texts } from '../../support/text-service.ts';

describe('a package whose encoder is missing', () => {
  let runner: ProgramRunner;
  let packages: readonly Package[];
  let encoders: readonly Encoder[];
  beforeAll(async () => {
    runner = createMemoryRunner();
    const installed = await textPackages();
    encoders = installed.encoders;
    const [first, second] = installed.packages;
    if (!first || !second) throw new Error('Expected two packages');
    // `auto` chooses the package named `text`.
    const digest = `sha256:${'1'.repeat(64)}`;
    const text = { ...second, manifest: { ...second.manifest, name: 'text', digest } };
    packages = [first, text, tinyPackages.gradients()];
    for (const each of packages) await runner.load(each);
  });
  afterAll(() => runner[Symbol.asyncDispose]());

  const open = (options: Partial<ServiceOptions> = {}, former?: TestService) => {
    const opened = openService(runner, packages, {
      encoderCommands: { 'tiny-text': 'innerloop encoders get tiny-text' },
      ...countingEmbedder(),
      ...(former && kept(former)),
      ...options,
    });
    onTestFinished(() => opened[Symbol.asyncDispose]());
    opened.service.processAdaptations();
    return opened;
  };
  const refused = (name: string) => ({
    code: 'encoder_missing',
    message: `Package ${name} needs the encoder tiny-text, which this server does not have. Its operator can add it: innerloop encoders get tiny-text`,
    details: { expected: `encoder tiny-text with digest ${encoders[0]?.manifest.digest}`, got: 'none' },
  });

  it('is listed with the command that brings the encoder, beside those that are ready', () => {
    const stateOf = ({ service }: TestService) =>
      service.models().map(({ name, status, command }) => [name, status, command]);
    const command = 'innerloop encoders get tiny-text';
    expect(stateOf(open())).toEqual(
      expect.arrayContaining([
        ['text', 'encoder_missing', command],
        ['tiny-prototypes', 'encoder_missing', command],
        ['tiny-gradients', 'ready', undefined],
      ]),
    );
    expect(open().service.model('text')).toMatchObject({ status: 'encoder_missing', command });
    expect(open({ encoders }).service.model('text')).toMatchObject({ status: 'ready' });
    expect(open({ encoderCommands: {} }).service.model('text').command).toBeUndefined();
  });

  it('refuses to adapt and to create a task; the others work', async () => {
    const { service } = open();
    await expect(service.adapt('acme', 'letters', texts)).rejects.toMatchObject(refused('tiny-prototypes'));
    const put = service.putTask('acme', 'letters', { model: 'text@1.0.0' });
    await expect(put).rejects.toMatchObject({ code: 'encoder_missing', details: { pointer: '/model' } });
    await expect(service.task('acme', 'letters')).rejects.toMatchObject({ code: 'task_not_found' });
    const other = await service.adapt('acme', 'corners', corners);
    expect(await settle(service, other)).toMatchObject({ status: 'succeeded' });
  });

  it('is not chosen by auto', async () => {
    const { model: _, ...unnamed } = texts;
    const accepted = await open({ encoders }).service.adapt('acme', 'letters', unnamed);
    expect(accepted.model).toBe('text@1.0.0');
    const refusal = open().service.adapt('acme', 'letters', unnamed);
    await expect(refusal).rejects.toMatchObject({ code: 'model_required' });
  });

  it('says so to tasks that were adapted before, which answer again when it is back', async () => {
    const before = open({ encoders });
    const accepted = await before.service.adapt('acme', 'letters', texts);
    expect(await settle(before.service, accepted)).toMatchObject({ status: 'succeeded' });
    const inputs = [{ kind: 'text', text: 'aaa' }] as const;

    const without = open({}, before);
    expect(await without.service.task('acme', 'letters')).toMatchObject({ model: 'tiny-prototypes' });
    for (const call of [
      without.service.predict('acme', 'letters', inputs),
      without.service.readapt('acme', 'letters'),
      without.service.adapt('acme', 'letters', { mode: 'append', support: texts.support }),
    ])
      await expect(call).rejects.toMatchObject(refused('tiny-prototypes'));

    const { predictions } = await open({ encoders }, before).service.predict('acme', 'letters', inputs);
    expect(predictions[0]?.label).toBe('A');
  });
});
