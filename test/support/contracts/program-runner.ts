import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AdaptRun, ProgramRunner } from '../../../src/ports/program-runner.ts';
import { type Tensor, type Tensors, tensor } from '../../../src/tensor.ts';
import { deferred } from '../deferred.ts';
import { tinyPackages } from '../packages.ts';
import { describeSplitsContract } from './splits.ts';

/** The contract of every ProgramRunner. `create` returns a runner without packages, with memory for a few small states. */
export function describeProgramRunnerContract(create: () => Promise<ProgramRunner>): void {
  const [gradients, prototypes] = [tinyPackages.gradients(), tinyPackages.prototypes()];
  const digest = gradients.manifest.digest;
  let runner: ProgramRunner;
  beforeAll(async () => {
    runner = await create();
    await Promise.all([gradients, prototypes].map((each) => runner.load(each)));
  });
  afterAll(() => runner[Symbol.asyncDispose]());

  /** Makes new tensors for each call, because a runner may keep them. */
  const runOf = (overrides: Partial<AdaptRun> = {}): AdaptRun => ({
    digest,
    x: tensor([4, 2], [0, 0, 0, 1, 1, 0, 1, 1]),
    y: tensor([4, 2], [1, 0, 1, 0, 0, 1, 0, 1]),
    steps: 3,
    rate: 0.05,
    signal: new AbortController().signal,
    onStep: () => undefined,
    ...overrides,
  });
  const adapt = (overrides: Partial<AdaptRun> = {}) => runner.adapt(runOf(overrides));
  const point = (i: number): readonly number[] => [(i % 50) / 50, 1 - (i % 70) / 70];
  const rows = (from: number, count: number): Tensor =>
    tensor([count, 2], Array.from({ length: count }, (_, i) => point(from + i)).flat());
  const serve = (stateId: string, x: Tensor, loadState: () => Promise<Tensors> = () => adapt()) =>
    runner.predict({
      digest,
      stateId,
      x,
      loadState: async () => ({ state: await loadState(), tier: 'loaded' }),
    });
  const predict = async (...run: Parameters<typeof serve>) => (await serve(...run)).y;
  const never = () => Promise.reject(new Error('Expected no state to be loaded'));

  describe('adapt', () => {
    it('returns a state with the names and shapes of the manifest', async () => {
      const state = await adapt({ y: tensor([4, 3], [1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1]) });
      const shapes = Object.entries(state).map(([name, { shape }]) => ({ name, shape }));
      const promised = gradients.manifest.state.map(({ name, shape }) => ({
        name,
        shape: shape.map((dim) => (dim === 'ways' ? 3 : dim)),
      }));
      expect(shapes).toEqual(promised);
    });

    it('reports the loss before each step, and learns', async () => {
      const losses: number[] = [];
      await adapt({ steps: 20, onStep: (loss) => losses.push(loss) });
      expect(losses).toHaveLength(20);
      expect(losses.at(-1)).toBeLessThan(losses[0] ?? 0);
    });

    it('gives the same bits for the same run, alone and together with others', async () => {
      const alone = await adapt();
      const among = await Promise.all([adapt({ rate: 0.01 }), adapt(), adapt({ steps: 5 }), adapt()]);
      expect(among[1]).toEqual(alone);
      expect(among[3]).toEqual(alone);
      expect(among[0]).not.toEqual(alone);
    });

    it('runs no step if the settings have 0 steps or the package has no step program', async () => {
      const onStep = () => expect.unreachable('no step was asked for');
      expect(Object.keys(await adapt({ steps: 0, onStep }))).toHaveLength(gradients.manifest.state.length);
      const state = await adapt({ digest: prototypes.manifest.digest, steps: 0, onStep });
      expect(state.prototypes?.shape).toEqual([2, 8]);
    });

    it('leaves other parts of a buffer alone', async () => {
      const buffer = Float32Array.from([7, 7, 0, 0, 0, 1, 1, 0, 1, 1]);
      const x = { shape: [4, 2], data: buffer.subarray(2) };
      expect(await adapt({ x })).toEqual(await adapt());
      expect([...buffer.subarray(0, 2)]).toEqual([7, 7]);
    });

    it('does not start if it was aborted before', async () => {
      const reason = new Error('no longer wanted');
      const onStep = () => expect.unreachable('it was aborted before');
      await expect(adapt({ signal: AbortSignal.abort(reason), onStep })).rejects.toBe(reason);
    });

    it('stops between steps when it is aborted, and reports no more losses', async () => {
      const abort = new AbortController();
      const reason = new Error('no longer wanted');
      let steps = 0;
      const onStep = () => {
        steps += 1;
        if (steps === 5) abort.abort(reason);
      };
      await expect(adapt({ steps: 100_000, signal: abort.signal, onStep })).rejects.toBe(reason);
      expect(steps).toBe(5);
    });

    it('reports a diverging loss', async () => {
      const failing = adapt({ steps: 50, rate: 1e20 });
      await expect(failing).rejects.toMatchObject({ code: 'adaptation_diverged' });
      await expect(failing).rejects.toThrow(/lower rate/);
    });

    it('reports a state that is not finite, also if there was no loss', async () => {
      const x = tensor([2, 2], [3e38, 3e38, 0, 1]);
      const failing = adapt({
        digest: prototypes.manifest.digest,
        x,
        y: tensor([2, 2], [1, 0, 0, 1]),
        steps: 0,
      });
      await expect(failing).rejects.toMatchObject({ code: 'adaptation_diverged' });
    });

    it('refuses a package that was not loaded', async () => {
      await expect(adapt({ digest: 'sha256:other' })).rejects.toMatchObject({ code: 'internal' });
    });
  });

  describe('splits', () => describeSplitsContract(() => runner));

  describe('predict', () => {
    it('returns one row of logits for each row of x', async () => {
      const y = await predict('rows', rows(0, 3));
      expect(y.shape).toEqual([3, 2]);
    });

    it('loads a state once, even if many predictions wait for it', async () => {
      const state = deferred<Tensors>();
      let loads = 0;
      const load = () => {
        loads += 1;
        return state.promise;
      };
      const waiting = Array.from({ length: 10 }, (_, i) => predict('once', rows(i, 1), load));
      expect(runner.isResident('once')).toBe(false);
      state.resolve(await adapt());
      await Promise.all(waiting);
      expect(loads).toBe(1);
      expect(runner.isResident('once')).toBe(true);
      await predict('once', rows(0, 1), never);
    });

    it('gives every caller its own rows in order, even if they share a batch', async () => {
      const all = await predict('joined', rows(0, 60));
      const sizes = [1, 5, 2, 30, 1, 21];
      const starts = sizes.map((_, i) => sizes.slice(0, i).reduce((a, b) => a + b, 0));
      const parts = await Promise.all(
        sizes.map((size, i) => predict('joined', rows(starts[i] ?? 0, size), never)),
      );
      const values = parts.flatMap(({ data }) => [...data]);
      expect(values).toHaveLength(120);
      values.forEach((value, i) => {
        expect(value, `value ${i}`).toBeCloseTo(all.data[i] ?? Number.NaN, 5);
      });
    });

    it('answers more rows than fit in one batch', async () => {
      const y = await predict('large', rows(0, 1000));
      const last = await predict('large', rows(999, 1), never);
      expect(y.shape).toEqual([1000, 2]);
      expect(y.data[1998]).toBeCloseTo(last.data[0] ?? Number.NaN, 5);
      expect(y.data[1999]).toBeCloseTo(last.data[1] ?? Number.NaN, 5);
    });

    it('keeps states apart', async () => {
      const other = () => adapt({ y: tensor([4, 2], [0, 1, 0, 1, 1, 0, 1, 0]) });
      const [one, two] = await Promise.all([predict('one', rows(0, 4)), predict('two', rows(0, 4), other)]);
      expect(one).not.toEqual(two);
      expect(await predict('one', rows(0, 4), never)).toEqual(one);
    });

    it('rejects all waiting predictions if a state cannot be loaded, and tries again for the next one', async () => {
      const reason = new Error('the support set is gone');
      const failing = () => Promise.reject(reason);
      const waiting = [predict('fails', rows(0, 1), failing), predict('fails', rows(0, 1), failing)];
      for (const each of waiting) await expect(each).rejects.toBe(reason);
      expect(runner.isResident('fails')).toBe(false);
      await predict('fails', rows(0, 1));
    });

    it('loads a dropped state again', async () => {
      const before = await predict('forgotten', rows(0, 1));
      await runner.forget('forgotten');
      await runner.forget('forgotten');
      expect(runner.isResident('forgotten')).toBe(false);
      await expect(predict('forgotten', rows(0, 1), never)).rejects.toThrow('Expected no state to be loaded');
      expect(await predict('forgotten', rows(0, 1))).toEqual(before);
    });

    it('does not keep a state that was dropped while it was loaded', async () => {
      const state = deferred<Tensors>();
      const waiting = predict('leaving', rows(0, 1), () => state.promise);
      await runner.forget('leaving');
      state.resolve(await adapt());
      expect((await waiting).shape).toEqual([1, 2]);
      expect(runner.isResident('leaving')).toBe(false);
    });

    it('never waits behind an adaptation', async () => {
      await predict('prompt', rows(0, 1));
      const abort = new AbortController();
      let ended = false;
      const running = adapt({ steps: 100_000, signal: abort.signal }).finally(() => {
        ended = true;
      });
      await predict('prompt', rows(0, 1), never);
      expect(ended).toBe(false);
      abort.abort();
      await expect(running).rejects.toThrow();
    });

    it('rejects only the prediction whose rows have the wrong shape', async () => {
      await predict('shapes', rows(0, 1));
      await expect(predict('shapes', tensor([1, 3], [1, 2, 3]), never)).rejects.toMatchObject({
        code: 'internal',
      });
      await predict('shapes', rows(0, 1), never);
    });
  });

  it('can load a package twice', async () => {
    await runner.load(gradients);
    await adapt();
  });

  it('finishes running calls when it closes, and refuses later ones', async () => {
    const other = await create();
    await other.load(gradients);
    const running = other.adapt(runOf({ steps: 50 }));
    await Promise.all([other[Symbol.asyncDispose](), running]);
    await expect(other.adapt(runOf())).rejects.toMatchObject({ code: 'unavailable' });
    await expect(
      other.predict({ digest, stateId: 'a', x: rows(0, 1), loadState: never }),
    ).rejects.toMatchObject({
      code: 'unavailable',
    });
  });
}
