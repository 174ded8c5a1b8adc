import sharp from 'sharp';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createSharpDecoder } from '../../../src/adapters/sharp/decoder.ts';
import type { Adaptation } from '../../../src/domain/adaptation.ts';
import type { AdaptRun, ProgramRunner } from '../../../src/ports/program-runner.ts';
import { createInputDecoder } from '../../../src/service/inputs/input-decoder.ts';
import type { AdaptRequest, Service } from '../../../src/service/service.ts';
import { tensor } from '../../../src/tensor.ts';
import { loadedRunner } from '../../support/loaded-runner.ts';
import { tinyPackages } from '../../support/packages.ts';
import { runnerOf } from '../../support/runner-of.ts';
import { corners, kept, labelled, openService, settle, type TestService } from '../../support/service.ts';

const packages = [tinyPackages.gradients(), tinyPackages.prototypes()];
const points = (...values: readonly unknown[]) => values.map((value) => ({ kind: 'json', value }) as const);

describe('predicting', () => {
  const runner = loadedRunner(packages);
  let runs: AdaptRun[];
  let opened: TestService;
  let service: Service;
  beforeEach(async () => {
    runs = [];
    opened = openService(noting(runner), packages);
    service = opened.service;
    onTestFinished(() => opened[Symbol.asyncDispose]());
    service.processAdaptations();
    await service.resubmitUnfinished();
  });

  /** A runner that records its adaptations. */
  const noting = (inner: ProgramRunner): ProgramRunner => ({
    ...runnerOf(inner),
    adapt: (run) => {
      runs.push(run);
      return inner.adapt(run);
    },
  });
  const adapted = async (request: AdaptRequest = corners): Promise<Adaptation> =>
    settle(service, await service.adapt('acme', 'signs', request));
  const predict = (...values: readonly unknown[]) => service.predict('acme', 'signs', points(...values));

  it('refuses more inputs than fit in one answer', async () => {
    await using small = openService(runner, packages, {
      limits: { inputs: 50, numbers: 9, pixels: 1000 },
    });
    small.service.processAdaptations();
    await small.service.resubmitUnfinished();
    await settle(small.service, await small.service.adapt('acme', 'signs', corners));
    const four = points([0, 0], [0, 1], [1, 0], [1, 1]);
    expect((await small.service.predict('acme', 'signs', four)).predictions).toHaveLength(4);
    await expect(small.service.predict('acme', 'signs', [...four, ...points([0, 0])])).rejects.toMatchObject({
      code: 'invalid_input',
      details: {
        pointer: '/inputs',
        expected: 'from 1 to 4 inputs (each answer has 2 numbers)',
        got: '5',
      },
    });
  });

  it('decodes no more pixels than the limit for one request', async () => {
    const glyphs = tinyPackages.glyphPrototypes();
    await runner.load(glyphs);
    await using small = openService(runner, [glyphs], {
      decodeInput: createInputDecoder(createSharpDecoder()),
      limits: { inputs: 50, numbers: 1000, pixels: 200 },
    });
    small.service.processAdaptations();
    await small.service.resubmitUnfinished();
    const file = await sharp({ create: { width: 10, height: 10, channels: 3, background: '#ffffff' } })
      .png()
      .toBuffer();
    const picture = { kind: 'file', file } as const;
    const support = ['a', 'b', 'c'].map((label) => ({ input: picture, label }));
    const request = { model: 'tiny-glyph-prototypes', support };
    await expect(small.service.adapt('acme', 'signs', request)).rejects.toMatchObject({
      code: 'invalid_image',
      details: { item: 2, pointer: '/input', got: '300' },
    });
    const two = { ...request, support: support.slice(0, 2) };
    await settle(small.service, await small.service.adapt('acme', 'signs', two));
    const predict = (count: number) =>
      small.service.predict(
        'acme',
        'signs',
        Array.from({ length: count }, () => picture),
      );
    expect((await predict(2)).predictions).toHaveLength(2);
    await expect(predict(3)).rejects.toMatchObject({
      code: 'invalid_image',
      details: {
        item: 2,
        expected: 'pictures of at most 200 pixels together in one request',
        got: '300',
      },
    });
  });

  it('answers labels with probabilities that sum to 1', async () => {
    const { id } = await adapted({ ...corners, settings: { steps: 200 } });
    const answer = await predict([0, 0.05], [1, 0.95]);
    expect(answer).toMatchObject({ adaptation: id, model: 'tiny-gradients@1.0.0' });
    expect(answer.predictions.map(({ label }) => label)).toEqual(['low', 'high']);
    for (const { label, probabilities = {} } of answer.predictions) {
      expect(Object.keys(probabilities)).toEqual(['high', 'low']);
      expect((probabilities.high ?? 0) + (probabilities.low ?? 0)).toBeCloseTo(1, 12);
      expect(probabilities[label ?? '']).toBeGreaterThan(0.5);
    }
  });

  it('gives each label its own probability, for any label names', async () => {
    const names = ['10', '9', '__proto__', '\u{1f600}', '\uffff', 'constructor', ' '];
    await adapted({
      model: 'tiny-prototypes',
      support: labelled(...names.map((name, i) => [name, Math.cos(i), Math.sin(i)] as const)),
    });
    const answer = await predict(...names.map((_, i) => [Math.cos(i), Math.sin(i)]));
    expect(answer.predictions.map(({ label }) => label)).toEqual(names);
    for (const { probabilities = {} } of answer.predictions) {
      expect(Object.keys(probabilities).sort()).toEqual([...names].sort());
    }
  });

  it('answers with the current adaptation until the next one has succeeded', async () => {
    const first = await adapted();
    const next = await service.adapt('acme', 'signs', { ...corners, settings: { steps: 100_000 } });
    expect((await predict([0, 0])).adaptation).toBe(first.id);
    await service.cancel('acme', 'signs', next.id);
    expect((await predict([0, 0])).adaptation).toBe(first.id);
  });

  it('answers decoded tensors with the same numbers as predictions', async () => {
    await adapted();
    const { classes, answerShape, answer } = await service.adaptedModel('acme', 'signs');
    const { shape, data } = await answer(tensor([2, 2], [0, 0.05, 1, 0.95]));
    const { predictions } = await predict([0, 0.05], [1, 0.95]);
    expect({ classes, answerShape, shape }).toEqual({
      classes: ['high', 'low'],
      answerShape: [2],
      shape: [2, 2],
    });
    expect([...data]).toEqual(predictions.flatMap(({ probabilities = {} }) => Object.values(probabilities)));
    await expect(answer(tensor([51, 2], new Float32Array(102)))).rejects.toMatchObject({
      details: { expected: 'from 1 to 50 inputs', got: '51' },
    });
    await expect(answer(tensor([2, 2], [0, 0, 3e38, 3e38]))).rejects.toMatchObject({
      code: 'invalid_input',
      details: { item: 1 },
    });
  });

  it('refuses a named adaptation that has not succeeded, or belongs to another task or tenant', async () => {
    const { id } = await adapted();
    const long = await service.adapt('acme', 'signs', { ...corners, settings: { steps: 100_000 } });
    const named = (tenant: string, task: string, adaptation: string) =>
      expect(service.adaptedModel(tenant, task, adaptation)).rejects;
    await named('acme', 'signs', long.id).toMatchObject({
      code: 'adaptation_not_succeeded',
      details: { retryAfterSeconds: 1 },
    });
    await service.cancel('acme', 'signs', long.id);
    await named('acme', 'signs', long.id).toThrow(/is cancelled: expected one that has succeeded/);
    await named('acme', 'signs', 'adp_0').toMatchObject({ code: 'adaptation_not_found' });
    await service.putTask('acme', 'other', { model: 'tiny-gradients' });
    await named('acme', 'other', id).toMatchObject({ code: 'adaptation_not_found' });
    await named('other', 'signs', id).toMatchObject({ code: 'task_not_found' });
  });

  it.each([
    ['no inputs', [], { pointer: '/inputs', got: '0' }],
    [
      'too many inputs',
      Array.from({ length: 51 }, () => [0, 0]),
      { pointer: '/inputs', expected: 'from 1 to 50 inputs' },
    ],
    ['an input of the wrong shape', [[0, 0], [1]], { item: 1 }],
    [
      'an input that overflows the model',
      [
        [0, 0],
        [3e38, 3e38],
      ],
      { item: 1 },
    ],
  ])('refuses %s', async (_what, values, details) => {
    await adapted({ ...corners, model: 'tiny-prototypes' });
    await expect(predict(...values)).rejects.toMatchObject({ code: 'invalid_input', details });
  });

  it('names the task that does not exist', async () => {
    await expect(predict([0, 0])).rejects.toMatchObject({ code: 'task_not_found' });
    await adapted();
    const foreign = service.predict('other', 'signs', points([0, 0]));
    await expect(foreign).rejects.toMatchObject({ code: 'task_not_found' });
  });

  it('says why a task cannot answer predictions yet', async () => {
    await service.putTask('acme', 'signs', { model: 'tiny-gradients' });
    await expect(predict([0, 0])).rejects.toThrow(/none was submitted/);
    const { id } = await service.adapt('acme', 'signs', { ...corners, settings: { steps: 100_000 } });
    await expect(predict([0, 0])).rejects.toMatchObject({
      code: 'task_not_adapted',
      details: { retryAfterSeconds: 1 },
    });
    await service.cancel('acme', 'signs', id);
    await expect(predict([0, 0])).rejects.toThrow(/the latest is cancelled/);
  });

  it('tells the caller to adapt again when the model was replaced', async () => {
    await adapted();
    await opened[Symbol.asyncDispose]();
    const [gradients, prototypes] = packages;
    if (!gradients || !prototypes) throw new Error('Expected two packages');
    const manifest = { ...gradients.manifest, version: '2.0.0', digest: `sha256:${'2'.repeat(64)}` };
    await using reopened = openService(runner, [{ ...gradients, manifest }, prototypes], kept(opened));
    const refused = reopened.service.predict('acme', 'signs', points([0, 0]));
    await expect(refused).rejects.toMatchObject({
      code: 'task_not_adapted',
      details: { got: 'tiny-gradients@1.0.0' },
      message: expect.stringMatching(/was replaced .*: adapt it again/),
    });
    opened = reopened;
  });

  it('does not say so when the process lacks the model', async () => {
    await adapted();
    await opened[Symbol.asyncDispose]();
    await using reopened = openService(runner, packages.slice(1), kept(opened));
    await expect(reopened.service.predict('acme', 'signs', points([0, 0]))).rejects.toMatchObject({
      code: 'task_not_adapted',
      message: expect.stringMatching(/^tiny-gradients@1.0.0, .* is not installed here/),
    });
    opened = reopened;
  });
});
