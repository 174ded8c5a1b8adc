import { mkdtempSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mlp } from '../../../../src/nn/mlp.ts';
import { classifier } from '../../../../src/nn/network.ts';
import type { Encoder } from '../../../../src/package/encoder/encoder.ts';
import { writeEncoder } from '../../../../src/package/encoder/write-encoder.ts';
import { writePackage } from '../../../../src/package/write.ts';
import { importBytes } from '../../../encoders/import/import-options.ts';
import { relative, SIZE, textNetwork } from '../../../encoders/import/text-networks.ts';
import { tinyPackage } from '../../../support/packages.ts';
import { startApp } from '../../support/start-app.ts';

const root = mkdtempSync(join(tmpdir(), 'innerloop-lengths-'));
const [models, encoders] = [join(root, 'models'), join(root, 'encoders')];
const tokenizer = readFileSync(new URL('../../../fixtures/tokenizers/wordpiece.json', import.meta.url));
const MOST_TOKENS = 16;

/** A package over an import of the same network, whose file leaves the number of tokens free or states it. */
async function imported(name: string, length: number | string): Promise<Encoder> {
  const { draft } = await importBytes(textNetwork(relative, { length, vocabulary: 200 }), 'text', {
    name,
    files: { 'tokenizer.json': tokenizer },
    preparation: { maxTokens: MOST_TOKENS },
  });
  const encoder = await writeEncoder(encoders, draft);
  const preprocessing = { kind: 'encoder', name, digest: encoder.manifest.digest } as const;
  const made = tinyPackage(name, 'protonets', classifier(mlp([SIZE, 8])), {}, preprocessing);
  await writePackage(join(models, name), made);
  return encoder;
}

const made: Encoder[] = [];
beforeAll(async () => {
  made.push(await imported('own-length', 'sequence'), await imported('one-length', MOST_TOKENS));
});
afterAll(() => rm(root, { recursive: true, force: true }));
const http = startApp({ environment: { MODELS_DIR: models, ENCODERS_DIR: encoders } });

const texts = ['card', 'Where is my card, and who has it?', 'rain', 'Will it rain and who has my card now?'];
const post = async (url: string, payload: object) => {
  const answer = await http.app.inject({ method: 'POST', url, payload, headers: { prefer: 'wait=20' } });
  return answer.json();
};

/** The probabilities that a task gives to texts asked at once. */
async function asked(task: string, inputs: readonly string[]): Promise<readonly number[]> {
  const { predictions } = await post(`/tasks/${task}/predict`, { inputs });
  return predictions.flatMap(({ probabilities }: { probabilities: Record<string, number> }) =>
    Object.values(probabilities),
  );
}

describe('imported encoders of texts', () => {
  it('answer the same if texts keep their own length as if all are padded to one', async () => {
    expect(made.map(({ manifest }) => manifest.inputs[0]?.shape)).toEqual([['T'], [MOST_TOKENS]]);
    const support = texts.map((input, i) => ({ input, label: i < 2 ? 'lost' : 'weather' }));
    const answers: (readonly number[])[] = [];
    for (const model of ['own-length', 'one-length']) {
      expect(await post(`/tasks/${model}/adapt`, { model, support })).toMatchObject({ status: 'succeeded' });
      answers.push(await asked(model, ['my card', 'who will have rain?', texts[3] ?? '']));
    }
    const [own = [], one = []] = answers;
    expect(own).toHaveLength(6);
    for (const [i, each] of own.entries()) expect(each).toBeCloseTo(one[i] ?? Number.NaN, 5);
  });

  it('answer for a text alone as beside longer ones', async () => {
    const support = texts.map((input, i) => ({ input, label: i < 2 ? 'lost' : 'weather' }));
    await post('/tasks/alone/adapt', { model: 'own-length', support });
    const questions = ['my rain', 'is it my card that you have and who was it?'];
    const together = await asked('alone', questions);
    await post('/tasks/apart/adapt', { model: 'own-length', support });
    const apart = (await Promise.all(questions.map((each) => asked('apart', [each])))).flat();
    for (const [i, each] of together.entries()) expect(each).toBeCloseTo(apart[i] ?? Number.NaN, 5);
  });
});
