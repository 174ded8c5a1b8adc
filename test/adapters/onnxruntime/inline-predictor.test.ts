import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { OwnThread } from '../../../src/adapters/onnxruntime/predicting/inline-predictor.ts';
import { compile } from '../../../src/adapters/onnxruntime/threads/session.ts';
import { bytesOf, type Tensors, tensor } from '../../../src/tensor.ts';
import { deferred } from '../../support/deferred.ts';
import { tinyPackages } from '../../support/packages.ts';

const pkg = tinyPackages.prototypes();
const { digest } = pkg.manifest;
const x = tensor([1, 2], [0, 1]);

/** Adapted by hand: `init` over two examples. */
async function adapted(): Promise<Tensors> {
  const init = await compile(pkg.programs.init);
  const state = await init.run({
    support_x: tensor([2, 2], [0, 0, 1, 1]),
    support_y: tensor([2, 2], [1, 0, 0, 1]),
  });
  await init.dispose();
  return state;
}

describe('predictions on the own thread', () => {
  let state: Tensors;
  let bytes: number;
  let room: number;
  let fetched: string[];
  let answer: () => Promise<Tensors>;
  let own: OwnThread;
  beforeEach(async () => {
    state = await adapted();
    bytes = bytesOf(state);
    room = 10 * bytes;
    fetched = [];
    answer = async () => state;
    own = new OwnThread({
      room: () => room - own.bytes,
      fetch: (stateId) => {
        fetched.push(stateId);
        return answer();
      },
    });
    own.add(digest, pkg.programs.predict);
  });
  afterEach(() => own.close());

  const run = (stateId: string) => own.run(digest, stateId, x);
  const isHere = (stateId: string) => run(stateId) !== null;
  const prepared = async (...stateIds: string[]) => {
    for (const stateId of stateIds) {
      await expect
        .poll(() => {
          own.prepare(digest, stateId, bytes);
          return isHere(stateId);
        })
        .toBe(true);
    }
  };

  it('answers as the program does, once program and state are here', async () => {
    expect(run('a')).toBeNull();
    await prepared('a');
    const predict = await compile(pkg.programs.predict);
    const { y } = await predict.run({ ...state, x });
    await predict.dispose();
    expect(await run('a')).toMatchObject({ y, ms: expect.any(Number) });
    expect(run('b')).toBeNull();
  });

  it('fetches a state once, however often it is asked for', async () => {
    await prepared('a', 'b');
    for (let i = 0; i < 3; i++) own.prepare(digest, 'b', bytes);
    expect(fetched).toEqual(['a', 'b']);
    expect(own.bytes).toBe(2 * bytes);
  });

  it('is quick with as many rows of a state as were, until the state is gone', () => {
    expect(own.isQuick('a', 1)).toBe(false);
    own.learn('a', 1, 3);
    expect(own.isQuick('a', 1)).toBe(false);
    own.learn('a', 5, 0.1);
    own.learn('a', 2, 0.1);
    own.learn('a', 6, 3);
    expect([5, 6].map((rows) => own.isQuick('a', rows))).toEqual([true, false]);
    expect(own.isQuick('b', 1)).toBe(false);
    own.drop('a');
    expect(own.isQuick('a', 1)).toBe(false);
  });

  it('copies nothing that there is no room for', async () => {
    room = 2 * bytes - 1;
    await prepared('a');
    own.prepare(digest, 'b', bytes);
    expect(fetched).toEqual(['a']);
    expect(own.bytes).toBe(bytes);
  });

  it('gives the room of a copy that is no longer used to another', async () => {
    room = 2 * bytes;
    await prepared('a', 'b');
    const later = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 5000);
    onTestFinished(() => later.mockRestore());
    run('a');
    own.prepare(digest, 'c', bytes);
    await vi.waitFor(() => expect(isHere('c')).toBe(true));
    expect(['a', 'b'].map(isHere)).toEqual([true, false]);
    expect(own.bytes).toBe(2 * bytes);
  });

  it('gives room back, that of the least recently used first', async () => {
    await prepared('a', 'b', 'c');
    run('a');
    own.shrinkTo(2 * bytes);
    expect(own.bytes).toBe(2 * bytes);
    expect(['a', 'b', 'c'].map(isHere)).toEqual([true, false, true]);
  });

  it('forgets a state that was dropped, also while it is fetched', async () => {
    await prepared('a');
    own.drop('a');
    expect(run('a')).toBeNull();
    const late = deferred<Tensors>();
    answer = () => late.promise;
    own.prepare(digest, 'b', bytes);
    own.drop('b');
    late.resolve(state);
    await late.promise;
    expect(run('b')).toBeNull();
    expect(own.bytes).toBe(0);
  });

  it('keeps a newer copy when an older one could not be fetched', async () => {
    await prepared('a');
    const lost = deferred<Tensors>();
    answer = () => lost.promise;
    own.prepare(digest, 'b', bytes);
    own.drop('b');
    answer = async () => state;
    await prepared('b');
    lost.reject(new Error('gone'));
    await lost.promise.catch(() => undefined);
    expect(isHere('b')).toBe(true);
    expect(own.bytes).toBe(2 * bytes);
  });

  it('keeps no room for a state that could not be fetched, and tries again', async () => {
    await prepared('a');
    answer = () => Promise.reject(new Error('gone'));
    own.prepare(digest, 'b', bytes);
    await expect.poll(() => own.bytes).toBe(bytes);
    answer = async () => state;
    await prepared('b');
  });

  it.each([
    ['cannot be loaded here', new Uint8Array([1, 2, 3])],
    ['would take long to load', new Uint8Array(5 * 2 ** 20)],
  ])('leaves to the threads a program that %s, and fetches nothing for it', async (_, model) => {
    own.add('another', model);
    own.prepare('another', 'a', bytes);
    await prepared('b');
    own.prepare('another', 'a', bytes);
    expect(fetched).toEqual(['b']);
    expect(own.run('another', 'b', x)).toBeNull();
  });

  it('tells what the runtime says as a cause, not as the message', async () => {
    await prepared('a');
    const wrong = own.run(digest, 'a', tensor([1, 3], [0, 1, 2]));
    await expect(wrong).rejects.toMatchObject({ code: 'internal', message: 'A program could not be run' });
  });

  it('closes after the predictions that run, and a program that loads', async () => {
    own.prepare(digest, 'a', bytes);
    await own.close();
    expect(run('a')).toBeNull();
    own.add(digest, pkg.programs.predict);
    await prepared('a');
    const last = run('a');
    await own.close();
    expect((await last)?.y.shape).toEqual([1, 2]);
  });
});
