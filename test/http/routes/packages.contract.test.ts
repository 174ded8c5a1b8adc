import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Manifest } from '../../../src/package/manifest.ts';
import { filesOfArchive } from '../../../src/training/datasets/zip.ts';
import { mean } from '../../../src/training/evaluation/statistics.ts';
import { createRandom } from '../../../src/training/random.ts';
import { startApp } from '../support/start-app.ts';

const root = join(import.meta.dirname, '../../..');
const omniglot = process.env.INNERLOOP_OMNIGLOT ?? join(root, '../shared/data/omniglot');
/** All bundled packages, so that each new package is tested, too. */
const bundled = readdirSync(join(root, 'models'))
  .map((name) => join(root, 'models', name, 'model.json'))
  .filter((path) => existsSync(path))
  .map((path) => JSON.parse(readFileSync(path, 'utf8')) as Manifest);
const namesOf = (kind: Manifest['input']['preprocessing']['kind']) =>
  bundled.filter(({ input }) => input.preprocessing.kind === kind).map(({ name }) => name);
/** Packages for drawings. README.md has a test of those for photos, texts, rows and sounds. */
const images = namesOf('image');
const waves = bundled.map(({ name }) => name).filter((name) => name.startsWith('sinusoid-'));
const started = startApp({ bundled: [...images, ...waves] });

type Example = readonly [label: string, file: Uint8Array];
interface Answer {
  readonly label: string;
  readonly probabilities: Readonly<Record<string, number>>;
}

const dataUrl = (file: Uint8Array) => `data:image/png;base64,${Buffer.from(file).toString('base64')}`;

async function adapt(app: FastifyInstance, task: string, model: string, support: readonly Example[]) {
  const answer = await app.inject({
    method: 'POST',
    url: `/tasks/${task}/adapt`,
    headers: { prefer: 'wait=60' },
    payload: { model, support: support.map(([label, file]) => ({ label, input: dataUrl(file) })) },
  });
  expect(answer.statusCode, answer.body).toBe(200);
  expect(answer.json()).toMatchObject({ status: 'succeeded' });
}

async function predict(
  app: FastifyInstance,
  task: string,
  files: readonly Uint8Array[],
): Promise<readonly Answer[]> {
  const answer = await app.inject({
    method: 'POST',
    url: `/tasks/${task}/predict`,
    payload: { inputs: files.map(dataUrl) },
  });
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json().predictions;
}

/** The glyphs of this project: six signs, four drawings of each. */
const signs = ['anchor', 'comb', 'gate', 'hook', 'knot', 'tide'];
const glyph = (sign: string, hand: number) =>
  readFile(join(root, `test/fixtures/glyphs/${sign}/${hand}.png`));

describe.each(images)('%s over HTTP', (model) => {
  it('distinguishes invented signs after one drawing of each', async () => {
    const support = await Promise.all(
      signs.map(async (sign): Promise<Example> => [sign, await glyph(sign, 1)]),
    );
    await adapt(started.app, `signs-${model}`, model, support);
    const answers = await predict(
      started.app,
      `signs-${model}`,
      await Promise.all(signs.map((sign) => glyph(sign, 2))),
    );
    expect(answers.filter(({ label }, i) => label === signs[i]).length).toBeGreaterThanOrEqual(5);
    for (const { probabilities } of answers) {
      expect(Object.keys(probabilities)).toEqual(signs);
      expect(Object.values(probabilities).reduce((a, b) => a + b)).toBeCloseTo(1, 5);
    }
  });
});

/** Drawings of every third test character of Omniglot, from all test alphabets. Training used none of them. */
async function drawings(): Promise<readonly (readonly Uint8Array[])[]> {
  const split = (await readFile(join(omniglot, 'splits/test.txt'), 'utf8')).trim().split('\n');
  const names = split.filter((_, i) => i % 3 === 0);
  const files = await filesOfArchive(join(omniglot, 'images_evaluation.zip'));
  return Promise.all(
    names.map((name) =>
      Promise.all(files.filter((file) => file.name.includes(`/${name}/`)).map((file) => file.read())),
    ),
  );
}

describe.skipIf(!existsSync(omniglot))('on drawings of unseen Omniglot characters', () => {
  let characters: readonly (readonly Uint8Array[])[];
  beforeAll(async () => {
    characters = await drawings();
  });

  it('omniglot-protonets is right at least 94 times in 100, over 25 episodes of 5-way 1-shot', async () => {
    const accuracies: number[] = [];
    for (let episode = 0; episode < 25; episode++) {
      const random = createRandom(2026).fork(episode);
      const chosen = random.sample(characters.length, 5).map((i) => characters[i] as readonly Uint8Array[]);
      const orders = chosen.map((files) => random.sample(files.length, 6));
      const file = (k: number, j: number) => chosen[k]?.[orders[k]?.[j] as number] as Uint8Array;
      const classes = [0, 1, 2, 3, 4];
      await adapt(
        started.app,
        `episode-${episode}`,
        'omniglot-protonets',
        classes.map((k): Example => [`c${k}`, file(k, 0)]),
      );
      const queries = classes.flatMap((k) => [1, 2, 3, 4, 5].map((j) => file(k, j)));
      const answers = await predict(started.app, `episode-${episode}`, queries);
      accuracies.push(
        answers.filter(({ label }, i) => label === `c${Math.floor(i / 5)}`).length / queries.length,
      );
    }
    expect(mean(accuracies)).toBeGreaterThanOrEqual(0.94);
  });

  describe.each(images)('%s', (model) => {
    it.each([
      ['7 classes with 1 to 4 examples', [1, 4, 2, 3, 1, 2, 4]],
      ['20 classes', Array.from({ length: 20 }, (_, k) => 1 + (k % 2))],
    ])('adapts to %s', async (_what, shots) => {
      const task = `${model}-${shots.length}`;
      const support = shots.flatMap((n, k) =>
        Array.from({ length: n }, (_, j): Example => [`c${k}`, characters[k * 5]?.[j] as Uint8Array]),
      );
      await adapt(started.app, task, model, support);
      const queries = shots.flatMap((_, k) => [10, 11, 12].map((j) => characters[k * 5]?.[j] as Uint8Array));
      const answers = await predict(started.app, task, queries);
      const right = answers.filter(({ label }, i) => label === `c${Math.floor(i / 3)}`).length;
      expect(Object.keys(answers[0]?.probabilities ?? {})).toHaveLength(shots.length);
      expect(right / answers.length).toBeGreaterThan(0.75);
    });

    it('gives a drawing the same answer alone and in a batch', async () => {
      const task = `${model}-batches`;
      await adapt(
        started.app,
        task,
        model,
        [0, 1, 2, 3, 4].map((k): Example => [`c${k}`, characters[k]?.[0] as Uint8Array]),
      );
      const queries = [0, 1, 2, 3, 4].flatMap((k) => [1, 2, 3].map((j) => characters[k]?.[j] as Uint8Array));
      const together = await predict(started.app, task, queries);
      for (const batch of [[0], [7], [14], [3, 11], [14, 0, 5, 9]]) {
        const answers = await predict(
          started.app,
          task,
          batch.map((i) => queries[i] as Uint8Array),
        );
        answers.forEach(({ probabilities }, j) => {
          for (const [label, probability] of Object.entries(probabilities)) {
            const other = together[batch[j] as number]?.probabilities[label];
            expect(Math.abs(probability - (other as number))).toBeLessThan(1e-5);
          }
        });
      }
    });
  });
});

describe.each(waves)('%s over HTTP', (model) => {
  it('approximates a wave better with its default steps than without steps', async () => {
    const wave = (x: number) => 3 * Math.sin(x - 0.7);
    const support = [-4.5, -3.5, -2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.5, 4.5].map((x) => ({
      input: [x],
      target: [wave(x)],
    }));
    const inputs = Array.from({ length: 40 }, (_, i) => [-5 + i / 4]);
    const error = async (task: string, settings: object) => {
      const { app } = started;
      const payload = { model, support, settings };
      await app.inject({
        method: 'POST',
        url: `/tasks/${task}/adapt`,
        headers: { prefer: 'wait=60' },
        payload,
      });
      const answer = await app.inject({
        method: 'POST',
        url: `/tasks/${task}/predict`,
        payload: { inputs },
      });
      const values: readonly { value: readonly number[] }[] = answer.json().predictions;
      return mean(values.map(({ value: [y = Number.NaN] }, i) => (y - wave(inputs[i]?.[0] as number)) ** 2));
    };
    const [adapted, base] = [await error(`${model}-wave`, {}), await error(`${model}-base`, { steps: 0 })];
    expect(adapted).toBeLessThan(base / 3);
  });
});
