import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OwnThread } from '../../src/adapters/onnxruntime/own-thread.ts';
import { compile } from '../../src/adapters/onnxruntime/session.ts';
import { bytesOf, type Tensors, tensor } from '../../src/tensor.ts';
import { tinyPackages } from '../support/packages.ts';

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

async function eventually<T>(look: () => T | null): Promise<T> {
  return expect
    .poll(look)
    .not.toBeNull()
    .then(() => look() as T);
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
  const prepared = async (...stateIds: string[]) => {
    for (const stateId of stateIds) {
      own.prepare(digest, stateId, bytes);
      await eventually(() => run(stateId));
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
    for (let i = 0; i < 3; i++) own.prepare(digest, 'a', bytes);
    await prepared('a');
    expect(fetched).toEqual(['a']);
    expect(own.bytes).toBe(bytes);
  });

  it('is quick where a batch has shown it to be, by the least time per row', () => {
    expect(own.isQuick(digest, 1)).toBe(false);
    own.learn(digest, 1, 3);
    expect(own.isQuick(digest, 1)).toBe(false);
    own.learn(digest, 10, 1);
    own.learn(digest, 1, 3);
    expect(own.isQuick(digest, 5)).toBe(true);
    expect(own.isQuick(digest, 6)).toBe(false);
    expect(own.isQuick('another', 1)).toBe(false);
  });

  it('copies nothing that there is no room for', async () => {
    room = 2 * bytes - 1;
    await prepared('a');
    own.prepare(digest, 'b', bytes);
    expect(fetched).toEqual(['a']);
    expect(own.bytes).toBe(bytes);
  });

  it('gives room back, that of the first copies first', async () => {
    await prepared('a', 'b', 'c');
    own.shrinkTo(2 * bytes);
    expect(own.bytes).toBe(2 * bytes);
    expect(['a', 'b', 'c'].map((stateId) => run(stateId) === null)).toEqual([true, false, false]);
  });

  it('forgets a state that was dropped, also while it is fetched', async () => {
    await prepared('a');
    own.drop('a');
    expect(run('a')).toBeNull();
    let arrive: (state: Tensors) => void = () => undefined;
    answer = () => new Promise((resolve) => (arrive = resolve));
    own.prepare(digest, 'b', bytes);
    own.drop('b');
    arrive(state);
    await Promise.resolve();
    expect(run('b')).toBeNull();
    expect(own.bytes).toBe(0);
  });

  it('keeps no room for a state that could not be fetched, and tries again', async () => {
    answer = () => Promise.reject(new Error('gone'));
    own.prepare(digest, 'a', bytes);
    await expect.poll(() => own.bytes).toBe(0);
    answer = async () => state;
    await prepared('a');
  });

  it('leaves to the threads a program that cannot be loaded here', async () => {
    own.add('broken', new Uint8Array([1, 2, 3]));
    own.prepare('broken', 'a', bytes);
    await expect.poll(() => fetched).toEqual(['a']);
    await prepared('b');
    expect(own.run('broken', 'a', x)).toBeNull();
  });

  it('tells what the runtime says as a cause, not as the message', async () => {
    await prepared('a');
    const wrong = own.run(digest, 'a', tensor([1, 3], [0, 1, 2]));
    await expect(wrong).rejects.toMatchObject({ code: 'internal', message: 'A program could not be run' });
  });

  it('closes after the predictions that run', async () => {
    await prepared('a');
    const last = run('a');
    await own.close();
    expect((await last)?.y.shape).toEqual([1, 2]);
  });
});
