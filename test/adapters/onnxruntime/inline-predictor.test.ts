import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { InlinePredictor } from '../../../src/adapters/onnxruntime/predicting/inline-predictor.ts';
import { compile } from '../../../src/adapters/onnxruntime/threads/session.ts';
import { bytesOf, type Tensors, tensor } from '../../../src/tensor.ts';
import { deferred } from '../../support/deferred.ts';
import { eventually } from '../../support/eventually.ts';
import { tinyPackages } from '../../support/packages.ts';

const pkg = tinyPackages.prototypes();
const { digest } = pkg.manifest;
const x = tensor([1, 2], [0, 1]);

/** A state computed directly: `init` over two examples. */
async function adapted(): Promise<Tensors> {
  const init = await compile(pkg.programs.init);
  const state = await init.run({
    support_x: tensor([2, 2], [0, 0, 1, 1]),
    support_y: tensor([2, 2], [1, 0, 0, 1]),
  });
  await init.dispose();
  return state;
}

describe('inline predictor', () => {
  let state: Tensors;
  let bytes: number;
  let room: number;
  let fetched: string[];
  let answer: () => Promise<Tensors>;
  let inline: InlinePredictor;
  beforeEach(async () => {
    state = await adapted();
    bytes = bytesOf(state);
    room = 10 * bytes;
    fetched = [];
    answer = async () => state;
    inline = new InlinePredictor({
      freeBytes: () => room - inline.bytes,
      fetch: (stateId) => {
        fetched.push(stateId);
        return answer();
      },
    });
    inline.add(digest, pkg.programs.predict);
  });
  afterEach(() => inline.close());

  const run = (stateId: string) => inline.run(digest, stateId, x);
  const isHere = (stateId: string) => run(stateId) !== null;
  const prepared = async (...stateIds: string[]) => {
    for (const stateId of stateIds) {
      await expect
        .poll(() => {
          inline.prepare(digest, stateId, bytes);
          return isHere(stateId);
        })
        .toBe(true);
    }
  };

  it('gives the same answers as the program, after program and state are loaded', async () => {
    expect(run('a')).toBeNull();
    await prepared('a');
    const predict = await compile(pkg.programs.predict);
    const { y } = await predict.run({ ...state, x });
    await predict.dispose();
    expect(await run('a')).toMatchObject({ y, ms: expect.any(Number) });
    expect(run('b')).toBeNull();
  });

  it('fetches a state once, even if it is prepared many times', async () => {
    await prepared('a', 'b');
    for (let i = 0; i < 3; i++) inline.prepare(digest, 'b', bytes);
    expect(fetched).toEqual(['a', 'b']);
    expect(inline.bytes).toBe(2 * bytes);
  });

  it('predicts that a run is quick for as many rows as were quick before, until the state is dropped', () => {
    expect(inline.isQuick('a', 1)).toBe(false);
    inline.recordRun('a', 1, 3);
    expect(inline.isQuick('a', 1)).toBe(false);
    inline.recordRun('a', 5, 0.1);
    inline.recordRun('a', 2, 0.1);
    inline.recordRun('a', 6, 3);
    expect([5, 6].map((rows) => inline.isQuick('a', rows))).toEqual([true, false]);
    expect(inline.isQuick('b', 1)).toBe(false);
    inline.drop('a');
    expect(inline.isQuick('a', 1)).toBe(false);
  });

  it('does not copy a state that does not fit', async () => {
    room = 2 * bytes - 1;
    await prepared('a');
    inline.prepare(digest, 'b', bytes);
    expect(fetched).toEqual(['a']);
    expect(inline.bytes).toBe(bytes);
  });

  it('replaces an unused copy by a copy of another state', async () => {
    room = 2 * bytes;
    await prepared('a', 'b');
    const later = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 5000);
    onTestFinished(() => later.mockRestore());
    run('a');
    inline.prepare(digest, 'c', bytes);
    await eventually(() => expect(isHere('c')).toBe(true));
    expect(['a', 'b'].map(isHere)).toEqual([true, false]);
    expect(inline.bytes).toBe(2 * bytes);
  });

  it('shrinks by dropping the least recently used copies', async () => {
    await prepared('a', 'b', 'c');
    run('a');
    inline.shrinkTo(2 * bytes);
    expect(inline.bytes).toBe(2 * bytes);
    expect(['a', 'b', 'c'].map(isHere)).toEqual([true, false, true]);
  });

  it('drops a copy, even while it is fetched', async () => {
    await prepared('a');
    inline.drop('a');
    expect(run('a')).toBeNull();
    const late = deferred<Tensors>();
    answer = () => late.promise;
    inline.prepare(digest, 'b', bytes);
    inline.drop('b');
    late.resolve(state);
    await late.promise;
    expect(run('b')).toBeNull();
    expect(inline.bytes).toBe(0);
  });

  it('keeps a newer copy when the fetch of an older one fails', async () => {
    await prepared('a');
    const lost = deferred<Tensors>();
    answer = () => lost.promise;
    inline.prepare(digest, 'b', bytes);
    inline.drop('b');
    answer = async () => state;
    await prepared('b');
    lost.reject(new Error('gone'));
    await lost.promise.catch(() => undefined);
    expect(isHere('b')).toBe(true);
    expect(inline.bytes).toBe(2 * bytes);
  });

  it('frees the memory of a copy whose fetch fails, and can fetch it again', async () => {
    await prepared('a');
    answer = () => Promise.reject(new Error('gone'));
    inline.prepare(digest, 'b', bytes);
    await expect.poll(() => inline.bytes).toBe(bytes);
    answer = async () => state;
    await prepared('b');
  });

  it.each([
    ['cannot be loaded here', new Uint8Array([1, 2, 3])],
    ['is too large to load', new Uint8Array(5 * 2 ** 20)],
  ])('does not run a program that %s, and fetches no state for it', async (_, model) => {
    inline.add('another', model);
    inline.prepare('another', 'a', bytes);
    await prepared('b');
    inline.prepare('another', 'a', bytes);
    expect(fetched).toEqual(['b']);
    expect(inline.run('another', 'b', x)).toBeNull();
  });

  it('reports the message of the runtime as the cause, not as the message', async () => {
    await prepared('a');
    const wrong = inline.run(digest, 'a', tensor([1, 3], [0, 1, 2]));
    await expect(wrong).rejects.toMatchObject({ code: 'internal', message: 'A program could not be run' });
  });

  it('waits for running predictions and loading programs when it closes', async () => {
    inline.prepare(digest, 'a', bytes);
    await inline.close();
    expect(run('a')).toBeNull();
    inline.add(digest, pkg.programs.predict);
    await prepared('a');
    const last = run('a');
    await inline.close();
    expect((await last)?.y.shape).toEqual([1, 2]);
  });
});
