import type { Worker } from 'node:worker_threads';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  createOnnxRunner,
  type OnnxRunnerOptions,
} from '../../../src/adapters/onnxruntime/program-runner.ts';
import type { Request } from '../../../src/adapters/onnxruntime/threads/messages.ts';
import { createMeter } from '../../../src/adapters/opentelemetry/meter.ts';
import type { ProgramRunner } from '../../../src/ports/program-runner.ts';
import { bytesOf, type Tensor, tensor } from '../../../src/tensor.ts';
import { expectClose } from '../../support/close.ts';
import { describeProgramRunnerContract } from '../../support/contracts/program-runner.ts';
import { valuesOf } from '../../support/exposition.ts';
import { tinyPackages } from '../../support/packages.ts';

const small = { predictThreads: 1, adaptThreads: 1, stateBytes: 1e6 };

/** Returns the threads that start while `work` runs. */
async function threadsOf(work: () => Promise<unknown>): Promise<readonly Worker[]> {
  const threads: Worker[] = [];
  const note = (thread: Worker) => threads.push(thread);
  process.on('worker', note);
  await work();
  process.off('worker', note);
  return threads;
}

describe('ONNX Runtime runner', () => {
  describeProgramRunnerContract(async () => createOnnxRunner({ ...small, predictThreads: 2 }));

  const pkg = tinyPackages.gradients();
  const { digest } = pkg.manifest;
  const adapt = (runner: ProgramRunner, steps = 3) =>
    runner.adapt({
      digest,
      x: tensor([2, 2], [0, 0, 1, 1]),
      y: tensor([2, 2], [1, 0, 0, 1]),
      steps,
      rate: 0.05,
      signal: new AbortController().signal,
      onStep: () => undefined,
    });
  const predict = async (runner: ProgramRunner, stateId: string) => {
    const loadState = async () => ({ state: await adapt(runner), tier: 'recomputed' });
    return (await runner.predict({ digest, stateId, x: tensor([1, 2], [0, 1]), loadState })).y;
  };

  it('keeps as many states as fit, and evicts the least recently used', async () => {
    await using runner = createOnnxRunner(small);
    await runner.load(pkg);
    const bytes = bytesOf(await adapt(runner));
    await using tight = createOnnxRunner({ ...small, stateBytes: 2 * bytes });
    await tight.load(pkg);
    for (const id of ['a', 'b', 'a', 'c']) await predict(tight, id);
    expect(['a', 'b', 'c'].map((id) => tight.isResident(id))).toEqual([true, false, true]);
  });

  it('serves states larger than the limit, one at a time', async () => {
    await using runner = createOnnxRunner({ ...small, stateBytes: 1 });
    await runner.load(pkg);
    const ids = ['a', 'b', 'c', 'a', 'b', 'c'];
    const answers = await Promise.all(ids.map((id) => predict(runner, id)));
    // All states are equal here; batches of other sizes round differently.
    for (const answer of answers) expectClose(answer, answers[0] as Tensor, 1e-5);
    expect(ids.slice(3).filter((id) => runner.isResident(id))).toHaveLength(1);
  });

  /** A runner that counts the predictions sent to its threads. */
  const counting = async (overrides: Partial<OnnxRunnerOptions> = {}) => {
    const meter = createMeter();
    const runner = createOnnxRunner({ ...small, ...overrides, meter });
    onTestFinished(() => runner[Symbol.asyncDispose]());
    const posted: string[] = [];
    const threads = await threadsOf(() => runner.load(pkg));
    for (const thread of threads) {
      const post = thread.postMessage.bind(thread);
      thread.postMessage = (message: Request | null, transfer: ArrayBuffer[]) => {
        posted.push(message?.type ?? 'none');
        post(message, transfer);
      };
    }
    /** Counts the predictions that were sent to a thread while `work` ran. */
    const sent = async (work: () => Promise<unknown>) => {
      posted.length = 0;
      await work();
      return posted.filter((type) => type === 'predict').length;
    };
    const resident = async () =>
      valuesOf(await meter.exposition(), 'innerloop_cache_resident_bytes')['{tier="memory"}'] ?? 0;
    return { runner, sent, resident, threads };
  };

  it('runs quick predictions inline when they come one at a time, with a copy of the state', async () => {
    const { runner, sent, resident } = await counting();
    const bytes = bytesOf(await adapt(runner));
    const first = await predict(runner, 'a');
    expect(await resident()).toBe(bytes);
    await expect.poll(() => sent(() => predict(runner, 'a'))).toBe(0);
    expect(await predict(runner, 'a')).toEqual(first);
    expect(await resident()).toBe(2 * bytes);
    const together = () => Promise.all(Array.from({ length: 20 }, () => predict(runner, 'a')));
    for (const each of await together()) expectClose(each, first, 1e-5);
    expect(await sent(together)).toBeGreaterThan(0);
    await runner.forget('a');
    expect(await resident()).toBe(0);
  });

  it('sends a request of many rows to the thread, even when it is the only one', async () => {
    const { runner, sent } = await counting();
    await predict(runner, 'a');
    await expect.poll(() => sent(() => predict(runner, 'a'))).toBe(0);
    const rows = tensor([1000, 2], new Float32Array(2000));
    const loadState = () => Promise.reject(new Error('Expected a resident state'));
    const parts = await sent(() => runner.predict({ digest, stateId: 'a', x: rows, loadState }));
    expect(parts).toBe(Math.ceil(1000 / 64));
  });

  it('keeps no copies when states need the memory', async () => {
    const { runner: measured } = await counting();
    const bytes = bytesOf(await adapt(measured));
    const { runner, sent, resident } = await counting({ stateBytes: 3 * bytes });
    await predict(runner, 'a');
    await expect.poll(() => sent(() => predict(runner, 'a'))).toBe(0);
    for (const id of ['b', 'c', 'a', 'b', 'c']) {
      await predict(runner, id);
      expect(await resident()).toBeLessThanOrEqual(3 * bytes);
    }
    expect(['a', 'b', 'c'].map((id) => runner.isResident(id))).toEqual([true, true, true]);
    expect(await sent(() => predict(runner, 'a'))).toBe(1);
  });

  it('replaces a thread that dies: its calls fail as unavailable, later calls succeed', async () => {
    await using runner = createOnnxRunner(small);
    const threads = await threadsOf(() => runner.load(pkg));
    const before = await predict(runner, 'a');
    expect(threads).toHaveLength(2);
    // An invalid message crashes the thread.
    for (const thread of threads) thread.postMessage(null);
    const [first, second] = await Promise.allSettled([predict(runner, 'a'), adapt(runner, 1000)]);
    expect(first).toMatchObject({ status: 'rejected', reason: { code: 'unavailable' } });
    expect(second).toMatchObject({ status: 'rejected', reason: { code: 'unavailable' } });
    expect(runner.isResident('a')).toBe(false);
    expect(await predict(runner, 'a')).toEqual(before);
  });

  it('drops its inline copies of the states of a thread that dies', async () => {
    const { runner, sent, resident, threads } = await counting();
    const before = await predict(runner, 'a');
    await expect.poll(() => sent(() => predict(runner, 'a'))).toBe(0);
    const ended = Promise.all(
      threads.map((thread) => new Promise((resolve) => thread.once('exit', resolve))),
    );
    for (const thread of threads) thread.postMessage(null);
    await ended;
    expect(await resident()).toBe(0);
    expect(runner.isResident('a')).toBe(false);
    expect(await predict(runner, 'a')).toEqual(before);
  });

  it('refuses programs that the runtime cannot load, and loads the package once it is repaired', async () => {
    await using runner = createOnnxRunner(small);
    const broken = { ...pkg, programs: { ...pkg.programs, predict: new Uint8Array([1, 2, 3]) } };
    await expect(runner.load(broken)).rejects.toMatchObject({ code: 'invalid_package' });
    await runner.load(pkg);
    await predict(runner, 'a');
  });
});
