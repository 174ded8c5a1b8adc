import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createOnnxEmbedder } from '../../../../src/adapters/onnxruntime/embedding/embedder.ts';
import { compile } from '../../../../src/adapters/onnxruntime/threads/session.ts';
import type { Encoder } from '../../../../src/package/encoder/encoder.ts';
import type { Embedder, Urgency } from '../../../../src/ports/embedder.ts';
import { type Meter, noMeter } from '../../../../src/ports/telemetry.ts';
import { type Tensor, type Tensors, tensor } from '../../../../src/tensor.ts';
import { createRandom } from '../../../../src/training/random.ts';
import { tinyEncoder } from '../../../support/encoders/tiny-encoder.ts';

let image: Encoder;
let audio: Encoder;
beforeAll(async () => {
  [image, audio] = await Promise.all([tinyEncoder('image'), tinyEncoder('audio')]);
});

/** Counts runs and examples. */
function countingMeter() {
  const counts = { runs: 0, examples: 0 };
  const meter: Meter = {
    ...noMeter,
    histogram: (name) => ({
      record() {
        if (name === 'innerloop_embed_run_seconds') counts.runs += 1;
      },
    }),
    counter: (name) => ({
      add(amount) {
        if (name === 'innerloop_embed_examples_total') counts.examples += amount;
      },
    }),
  };
  return { counts, meter };
}

async function open(encoders: readonly Encoder[], meter?: Meter): Promise<Embedder> {
  const embedder = createOnnxEmbedder({ threads: 1, ...(meter && { meter }) });
  onTestFinished(() => embedder[Symbol.asyncDispose]());
  await Promise.all(encoders.map((each) => embedder.load(each)));
  return embedder;
}

const random = (seed: number, ...shape: number[]): Tensor => {
  const stream = createRandom(seed);
  const size = shape.reduce((a, b) => a * b, 1);
  return tensor(
    shape,
    Float32Array.from({ length: size }, () => stream.normal()),
  );
};
const picture = (seed: number): Tensors => ({ image: random(seed, 3, 8, 8) });
const run = (encoder: Encoder, inputs: Tensors, owner = 'a', urgency: Urgency = 'support') => ({
  encoder: encoder.manifest.digest,
  inputs,
  owner,
  urgency,
});

/** The features that a session of its own computes for one content. */
async function alone({ program, folder }: Encoder, inputs: Tensors): Promise<Tensor> {
  const session = await compile(program, { weightsFolder: folder });
  const feeds = Object.entries(inputs).map(([name, { shape, data }]) => [
    name,
    { shape: [1, ...shape], data },
  ]);
  const { features } = await session.run(Object.fromEntries(feeds));
  await session.dispose();
  return tensor((features as Tensor).shape.slice(1), (features as Tensor).data);
}

function expectClose(got: Tensor, wanted: Tensor): void {
  expect(got.shape).toEqual(wanted.shape);
  got.data.forEach((value, i) => {
    expect(Math.abs(value - (wanted.data[i] ?? Number.NaN))).toBeLessThan(1e-5);
  });
}

describe('createOnnxEmbedder', () => {
  it('answers the features of a session of its own', async () => {
    const embedder = await open([image]);
    expectClose(await embedder.embed(run(image, picture(1))), await alone(image, picture(1)));
  });

  it('computes the inputs of several tenants in one run, and agrees whoever else is in it', async () => {
    const { counts, meter } = countingMeter();
    const embedder = await open([image], meter);
    const rows = await Promise.all(
      ['a', 'b', 'c', 'd'].map((owner, i) => embedder.embed(run(image, picture(i), owner))),
    );
    expect(counts).toEqual({ runs: 1, examples: 4 });
    for (const [i, row] of rows.entries()) expectClose(row, await alone(image, picture(i)));
  });

  it('pads inputs of several lengths without changing their features', async () => {
    const { counts, meter } = countingMeter();
    const embedder = await open([audio], meter);
    const sounds = [30, 41, 37].map((length, i): Tensors => ({ samples: random(i, length) }));
    const rows = await Promise.all(sounds.map((sound) => embedder.embed(run(audio, { ...sound }))));
    expect(counts).toEqual({ runs: 1, examples: 3 });
    for (const [i] of sounds.entries())
      expectClose(rows[i] as Tensor, await alone(audio, { samples: random(i, [30, 41, 37][i] as number) }));
  });

  it('starts the next run before it answers the one that has ended', async () => {
    const depths: Parameters<Meter['observe']>[2][] = [];
    const observe: Meter['observe'] = (name, _, read) => {
      if (name === 'innerloop_embed_queue_depth') depths.push(read);
    };
    const depth = async () =>
      (await Promise.all(depths.map((read) => read()))).reduce<number>((sum, each) => sum + (each ?? 0), 0);
    const embedder = await open([image], { ...noMeter, observe });
    const waiting = Array.from({ length: 12 }, async (_, i) => {
      await embedder.embed(run(image, picture(i)));
      return depth();
    });
    expect(await Promise.all(waiting)).toEqual([4, 4, 4, 4, 0, 0, 0, 0, 0, 0, 0, 0]);
  });

  it('runs a prediction before support sets that wait longer', async () => {
    const embedder = await open([image]);
    const order: string[] = [];
    const support = Array.from({ length: 40 }, (_, i) =>
      embedder.embed(run(image, picture(i))).then(() => order.push('support')),
    );
    const prediction = embedder
      .embed(run(image, picture(99), 'b', 'prediction'))
      .then(() => order.push('prediction'));
    await Promise.all([...support, prediction]);
    expect(order.indexOf('prediction')).toBe(0);
  });

  it('computes nothing for inputs whose signal aborts while they wait', async () => {
    const { counts, meter } = countingMeter();
    const embedder = await open([image], meter);
    const abort = new AbortController();
    const stopped = Array.from({ length: 8 }, (_, i) =>
      embedder.embed({ ...run(image, picture(i)), signal: abort.signal }).catch((error: unknown) => error),
    );
    const kept = embedder.embed(run(image, picture(9), 'b'));
    abort.abort('gone');
    expect(await Promise.all(stopped)).toEqual(Array(8).fill('gone'));
    await kept;
    expect(counts.examples).toBe(1);
    await expect(embedder.embed({ ...run(image, picture(1)), signal: abort.signal })).rejects.toBe('gone');
  });

  it('fails the inputs of a run that fails, and goes on', async () => {
    const embedder = await open([image]);
    await expect(embedder.embed(run(image, { image: random(1, 3, 4, 4) }))).rejects.toMatchObject({
      code: 'internal',
    });
    await expect(embedder.embed(run(image, picture(1)))).resolves.toMatchObject({ shape: [8] });
  });

  it('refuses an encoder that the runtime cannot load', async () => {
    const broken = await tinyEncoder('image', { seed: 3 });
    await rm(join(broken.folder, 'weights.bin'));
    await expect(open([broken])).rejects.toMatchObject({
      code: 'invalid_package',
      message: 'Encoder tiny-image could not be loaded',
    });
  });

  it('rejects what waits when it closes', async () => {
    const embedder = await open([image]);
    const waiting = embedder.embed(run(image, picture(1)));
    const closing = embedder[Symbol.asyncDispose]();
    await expect(waiting).rejects.toMatchObject({ code: 'unavailable' });
    await closing;
    await expect(embedder.embed(run(image, picture(1)))).rejects.toMatchObject({ code: 'unavailable' });
  });
});
