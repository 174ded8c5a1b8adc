import { expect, it } from 'vitest';
import type { ProgramRunner, SplitsRun } from '../../../src/ports/program-runner.ts';
import { rowsAt, type Tensor, tensor } from '../../../src/tensor.ts';
import { tinyPackages } from '../packages.ts';

/** The contract of `ProgramRunner.splits`. `open` answers a runner with the tiny packages loaded. */
export function describeSplitsContract(open: () => ProgramRunner): void {
  const [gradients, prototypes] = [tinyPackages.gradients(), tinyPackages.prototypes()];
  const { digest } = gradients.manifest;
  const x = () => tensor([6, 2], [0, 0, 0, 1, 1, 0, 1, 1, 0.5, 0, 0, 0.5]);
  const y = () => tensor([6, 2], [1, 0, 1, 0, 0, 1, 0, 1, 0, 1, 1, 0]);
  const signal = new AbortController().signal;
  const splits = [
    { train: [0, 1, 2, 3], test: [4, 5] },
    { train: [5, 2, 1], test: [0] },
  ];
  const run = (overrides: Partial<SplitsRun> = {}) =>
    open().splits({ digest, x: x(), y: y(), steps: 3, rate: 0.05, signal, splits, ...overrides });

  /** The same by `adapt` and `predict`. */
  async function apart(digest: string, steps: number): Promise<readonly Tensor[]> {
    const answers: Tensor[] = [];
    for (const [i, { train, test }] of splits.entries()) {
      const inner = { digest, steps, rate: 0.05, signal, onStep: () => undefined };
      const adapted = open().adapt({ ...inner, x: rowsAt(x(), train), y: rowsAt(y(), train) });
      const loadState = async () => ({ state: await adapted, tier: 'loaded' });
      const stateId = `split ${digest} ${i}`;
      answers.push((await open().predict({ digest, stateId, x: rowsAt(x(), test), loadState })).y);
    }
    return answers;
  }

  it('answers what adapting to the rows train and predicting the rows test answer', async () => {
    const answers = await run();
    expect(answers.map(({ shape }) => shape)).toEqual([
      [2, 2],
      [1, 2],
    ]);
    expect(answers).toEqual(await apart(digest, 3));
    const closed = prototypes.manifest.digest;
    expect(await run({ digest: closed, steps: 0 })).toEqual(await apart(closed, 0));
  });

  it('answers a column for each class, tested or not', async () => {
    const y = tensor([6, 3], [1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0, 1, 0, 0]);
    const [answer] = await run({ y, splits: splits.slice(0, 1) });
    expect(answer?.shape).toEqual([2, 3]);
  });

  it('answers nothing for no splits, and many in their order', async () => {
    expect(await run({ splits: [] })).toEqual([]);
    const many = Array.from({ length: 12 }, (_, i) => ({ train: [0, 2], test: [i % 6] }));
    const answers = await run({ splits: many });
    expect(answers.slice(6)).toEqual(answers.slice(0, 6));
    expect(answers[1]).not.toEqual(answers[2]);
  });

  it('stops when it is aborted', async () => {
    const reason = new Error('no longer wanted');
    await expect(run({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const abort = new AbortController();
    const running = run({ steps: 100_000, signal: abort.signal });
    abort.abort(reason);
    await expect(running).rejects.toBe(reason);
  });

  it('reports a diverging split, and a package that was not loaded', async () => {
    await expect(run({ steps: 50, rate: 1e20 })).rejects.toMatchObject({ code: 'adaptation_diverged' });
    await expect(run({ digest: 'sha256:other' })).rejects.toMatchObject({ code: 'internal' });
  });
}
