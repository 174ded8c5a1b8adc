import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Encoder } from '../../../src/package/encoder/encoder.ts';
import type { Package } from '../../../src/package/manifest.ts';
import type { EmbedRun } from '../../../src/ports/embedder.ts';
import type { ProgramRunner } from '../../../src/ports/program-runner.ts';
import { createMemoryRunner } from '../../support/memory/program-runner.ts';
import { openService, settle } from '../../support/service.ts';
import { countingEmbedder, textPackages, texts } from '../../support/text-service.ts';

describe('predicting for inputs that an encoder reads', () => {
  let runner: ProgramRunner;
  let installed: { packages: readonly Package[]; encoders: readonly Encoder[] };
  beforeAll(async () => {
    runner = createMemoryRunner();
    installed = await textPackages();
    for (const each of installed.packages) await runner.load(each);
  });
  afterAll(() => runner[Symbol.asyncDispose]());

  /** A service with an adapted task `letters`. */
  async function open() {
    const counting = countingEmbedder();
    const runs: EmbedRun[] = [];
    const embedder = {
      embed(run: EmbedRun) {
        runs.push(run);
        return counting.embedder.embed(run);
      },
    };
    const { packages, encoders } = installed;
    const opened = openService(runner, packages, { encoders, decoder: counting.decoder, embedder });
    onTestFinished(() => opened[Symbol.asyncDispose]());
    const { service } = opened;
    service.processAdaptations();
    await settle(service, await service.adapt('acme', 'letters', texts));
    runs.length = 0;
    return { service, runs };
  }
  const text = (each: string) => ({ kind: 'text', text: each }) as const;

  it('embeds equal texts of one request once, before support sets, for its tenant', async () => {
    const { service, runs } = await open();
    const { predictions } = await service.predict('acme', 'letters', ['aaa', 'bbb', 'aaa'].map(text));
    expect(predictions.map(({ label }) => label)).toEqual(['A', 'B', 'A']);
    expect(runs.map(({ owner, urgency }) => [owner, urgency])).toEqual([
      ['acme', 'prediction'],
      ['acme', 'prediction'],
    ]);
  });

  it('warns of each input on its own', async () => {
    const { service } = await open();
    const { predictions } = await service.predict('acme', 'letters', ['aaa', 'b'.repeat(20)].map(text));
    expect(predictions.map(({ warnings }) => warnings)).toEqual([
      [],
      [{ code: 'text_cut', pointer: '', detail: 'Cut' }],
    ]);
  });

  it('refuses another kind of input, and names the input', async () => {
    const { service } = await open();
    const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
    await expect(
      service.predict('acme', 'letters', [text('aaa'), { kind: 'file', file: png }]),
    ).rejects.toMatchObject({ code: 'invalid_input', details: { item: 1 } });
    const model = await service.adaptedModel('acme', 'letters');
    await expect(
      model.decodeTensor({ type: 'float32', shape: [1, 2], values: [1, 2] }),
    ).rejects.toMatchObject({ code: 'invalid_input' });
  });
});
