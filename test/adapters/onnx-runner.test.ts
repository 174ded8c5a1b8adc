import type { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { createOnnxRunner } from '../../src/adapters/onnxruntime/program-runner.ts';
import { createMeter } from '../../src/adapters/opentelemetry/meter.ts';
import type { ProgramRunner } from '../../src/ports/program-runner.ts';
import { bytesOf, type Tensor, tensor } from '../../src/tensor.ts';
import { expectClose } from '../support/close.ts';
import { valuesOf } from '../support/exposition.ts';
import { tinyPackages } from '../support/packages.ts';
import { describeProgramRunnerContract } from '../support/program-runner-contract.ts';

const small = { predictThreads: 1, adaptThreads: 1, stateBytes: 1e6 };

/** The threads that are started while `work` runs. */
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

  it('keeps as many states as fit, and forgets the least recently used', async () => {
    await using runner = createOnnxRunner(small);
    await runner.load(pkg);
    const bytes = bytesOf(await adapt(runner));
    await using tight = createOnnxRunner({ ...small, stateBytes: 2 * bytes });
    await tight.load(pkg);
    for (const id of ['a', 'b', 'a', 'c']) await predict(tight, id);
    expect(['a', 'b', 'c'].map((id) => tight.isResident(id))).toEqual([true, false, true]);
  });

  it('serves a state larger than its room, one at a time', async () => {
    await using runner = createOnnxRunner({ ...small, stateBytes: 1 });
    await runner.load(pkg);
    const ids = ['a', 'b', 'c', 'a', 'b', 'c'];
    const answers = await Promise.all(ids.map((id) => predict(runner, id)));
    // All states are equal here; batches of other sizes round differently.
    for (const answer of answers) expectClose(answer, answers[0] as Tensor, 1e-5);
    expect(ids.slice(3).filter((id) => runner.isResident(id))).toHaveLength(1);
  });

  it('makes quick predictions itself where they come one at a time, with a copy of the state', async () => {
    const meter = createMeter();
    await using runner = createOnnxRunner({ ...small, meter });
    await runner.load(pkg);
    const bytes = bytesOf(await adapt(runner));
    const first = await predict(runner, 'a');
    const resident = async () =>
      valuesOf(await meter.exposition(), 'innerloop_cache_resident_bytes')['{tier="memory"}'];
    expect(await resident()).toBe(bytes);
    await expect
      .poll(async () => {
        expect(await predict(runner, 'a')).toEqual(first);
        return resident();
      })
      .toBe(2 * bytes);
    const many = await Promise.all(Array.from({ length: 20 }, () => predict(runner, 'a')));
    for (const each of many) expectClose(each, first, 1e-5);
    await runner.forget('a');
    expect(await resident()).toBe(0);
  });

  it('keeps no copies where states need the room', async () => {
    const meter = createMeter();
    await using measured = createOnnxRunner(small);
    await measured.load(pkg);
    const bytes = bytesOf(await adapt(measured));
    await using tight = createOnnxRunner({ ...small, stateBytes: 3 * bytes, meter });
    await tight.load(pkg);
    for (const id of ['a', 'a', 'a', 'a', 'b', 'b', 'b', 'b', 'c', 'c', 'c', 'a', 'b', 'c']) {
      await predict(tight, id);
      const seen = valuesOf(await meter.exposition(), 'innerloop_cache_resident_bytes')['{tier="memory"}'];
      expect(seen).toBeLessThanOrEqual(3 * bytes);
    }
    expect(['a', 'b', 'c'].map((id) => tight.isResident(id))).toEqual([true, true, true]);
  });

  it('replaces a thread that dies: its calls fail as unavailable, the next ones are served', async () => {
    await using runner = createOnnxRunner(small);
    const threads = await threadsOf(() => runner.load(pkg));
    const before = await predict(runner, 'a');
    expect(threads).toHaveLength(2);
    // No message that the thread knows: it fails on it, as on a fault of its own.
    for (const thread of threads) thread.postMessage(null);
    const [first, second] = await Promise.allSettled([predict(runner, 'a'), adapt(runner, 1000)]);
    expect(first).toMatchObject({ status: 'rejected', reason: { code: 'unavailable' } });
    expect(second).toMatchObject({ status: 'rejected', reason: { code: 'unavailable' } });
    expect(runner.isResident('a')).toBe(false);
    expect(await predict(runner, 'a')).toEqual(before);
  });

  it('refuses programs the runtime cannot load, and loads them once they are good', async () => {
    await using runner = createOnnxRunner(small);
    const broken = { ...pkg, programs: { ...pkg.programs, predict: new Uint8Array([1, 2, 3]) } };
    await expect(runner.load(broken)).rejects.toMatchObject({ code: 'invalid_package' });
    await runner.load(pkg);
    await predict(runner, 'a');
  });
});
