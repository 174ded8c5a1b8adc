import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InnerloopError } from '../../errors.ts';
import type { ImagePreprocessing } from '../../package/manifest.ts';
import { tensor } from '../../tensor.ts';
import type { EpisodeShape, EpisodeSource, Examples } from './dataset.ts';
import { type Drawings, type DrawingsSource, loadDrawings } from './drawings.ts';

const SIDE = 28;
const PIXELS = SIDE * SIDE;
const ROTATIONS = quarterTurns();

/** Ink is 1 on a background of 0, 28 × 28, as in the papers. */
export const omniglotPreprocessing: ImagePreprocessing = {
  kind: 'image',
  width: SIDE,
  height: SIDE,
  channels: 1,
  invert: true,
  resize: 'lanczos3',
};

export interface OmniglotOptions extends Pick<DrawingsSource, 'decoder' | 'cacheDirectory' | 'onProgress'> {
  /** Folder of `images_background.zip`, `images_evaluation.zip` and `splits/<split>.txt`. */
  readonly path: string;
  readonly split: string;
}

/**
 * Handwritten characters of 50 alphabets, 20 drawings each. Every character turned by 0, 90, 180 and 270
 * degrees is four classes, in test as in training, as in the papers; two turns of one character may meet in an
 * episode. x [n, 1, 28, 28] in 0…1, y [n, ways].
 *
 * @see Lake, Salakhutdinov & Tenenbaum, Science 350 (2015), the data;
 *   Vinyals et al., NeurIPS 2016, https://arxiv.org/abs/1606.04080, §4.1.1, the turns and the split.
 */
export async function omniglot(options: OmniglotOptions): Promise<EpisodeSource> {
  const { path, split } = options;
  const wanted = await namesIn(join(path, 'splits', `${split}.txt`));
  const all = await loadDrawings({
    archives: ['images_background.zip', 'images_evaluation.zip'].map((file) => join(path, file)),
    preprocessing: omniglotPreprocessing,
    decoder: options.decoder,
    cacheDirectory: options.cacheDirectory,
    onProgress: options.onProgress,
  });
  const { drawings, pixels } = only(all, wanted, split);
  const classes = wanted.length * ROTATIONS.length;

  function write(index: number, drawing: number, into: Float32Array): void {
    const rotation = ROTATIONS[index % ROTATIONS.length] ?? [];
    const start = (Math.floor(index / ROTATIONS.length) * drawings + drawing) * PIXELS;
    for (let p = 0; p < PIXELS; p++) into[p] = (pixels[start + (rotation[p] ?? 0)] ?? 0) / 255;
  }

  function examples(picks: readonly { index: number; drawings: readonly number[] }[]): Examples {
    const ways = picks.length;
    const perClass = picks[0]?.drawings.length ?? 0;
    const x = new Float32Array(ways * perClass * PIXELS);
    const y = new Float32Array(ways * perClass * ways);
    picks.forEach(({ index, drawings: chosen }, way) => {
      chosen.forEach((drawing, i) => {
        const row = way * perClass + i;
        write(index, drawing, x.subarray(row * PIXELS, (row + 1) * PIXELS));
        y[row * ways + way] = 1;
      });
    });
    return { x: tensor([ways * perClass, 1, SIDE, SIDE], x), y: tensor([ways * perClass, ways], y) };
  }

  return {
    name: 'omniglot',
    split,
    inputShape: [1, SIDE, SIDE],
    classes,
    sample(random, shape) {
      check(shape, classes, drawings);
      const picks = random.sample(classes, shape.ways).map((index) => {
        const chosen = random.sample(drawings, shape.shots + shape.queries);
        return { index, support: chosen.slice(0, shape.shots), query: chosen.slice(shape.shots) };
      });
      return {
        support: examples(picks.map(({ index, support }) => ({ index, drawings: support }))),
        query: examples(picks.map(({ index, query }) => ({ index, drawings: query }))),
      };
    },
  };
}

/** Where each pixel of a turned drawing comes from, for 0, 90, 180 and 270 degrees anticlockwise. */
function quarterTurns(): readonly Uint16Array[] {
  const upright = Uint16Array.from({ length: PIXELS }, (_, p) => p);
  const turn = (from: Uint16Array) =>
    upright.map((p) => from[(p % SIDE) * SIDE + SIDE - 1 - Math.floor(p / SIDE)] ?? 0);
  const quarter = turn(upright);
  const half = turn(quarter);
  return [upright, quarter, half, turn(half)];
}

async function namesIn(file: string): Promise<readonly string[]> {
  const text = await readFile(file, 'utf8').catch((cause) => {
    throw new InnerloopError(
      'invalid_recipe',
      `Expected a split at ${file}, got none (--dataset names another folder)`,
      {
        pointer: '/dataset/path',
        cause,
      },
    );
  });
  const names = text.split(/\r?\n/).filter((line) => line !== '');
  if (names.length > 0) return names;
  throw new InnerloopError('invalid_recipe', `Expected characters in ${file}, got none`);
}

/** The characters of a split, copied, so that the rest can be freed. */
function only(
  { characters, drawings, pixels }: Drawings,
  wanted: readonly string[],
  split: string,
): Drawings {
  const places = new Map(characters.map((name, i) => [name, i]));
  const size = drawings * PIXELS;
  const kept = new Uint8Array(wanted.length * size);
  wanted.forEach((name, i) => {
    const place = places.get(name);
    if (place === undefined) {
      throw new InnerloopError('invalid_recipe', `Expected ${name} of split ${split} in the archives`, {
        pointer: '/dataset/path',
      });
    }
    kept.set(pixels.subarray(place * size, (place + 1) * size), i * size);
  });
  return { characters: wanted, drawings, pixels: kept };
}

function check({ ways, shots, queries }: EpisodeShape, classes: number, drawings: number): void {
  const refuse = (expected: string, got: string): never => {
    throw new InnerloopError('invalid_recipe', `Expected ${expected}, got ${got}`, { expected, got });
  };
  for (const count of [ways, shots, queries]) {
    if (!Number.isInteger(count) || count < 1) refuse('whole ways, shots and queries from 1', `${count}`);
  }
  if (ways > classes) refuse(`at most ${classes} ways`, `${ways}`);
  if (shots + queries > drawings) refuse(`at most ${drawings} shots and queries`, `${shots} + ${queries}`);
}
