import type { Package } from '../../src/package/manifest.ts';
import type { ProgramRunner } from '../../src/ports/program-runner.ts';
import { copyOf, type Tensor, type Tensors } from '../../src/tensor.ts';
import type { Examples } from '../../src/training/datasets/dataset.ts';

/** The state of an adaptation to examples, with the default settings of the package. Copies the examples. */
export function adaptedState(
  { manifest }: Package,
  runner: ProgramRunner,
  { x, y }: Examples,
): Promise<Tensors> {
  const { digest, inner } = manifest;
  return runner.adapt({
    digest,
    x: copyOf(x),
    y: copyOf(y),
    steps: inner.steps.default,
    rate: inner.rate.default,
    signal: new AbortController().signal,
    onStep: () => undefined,
  });
}

let asked = 0;

/** Logits [B, ways] of x [B, …input]. Copies x and the state. */
export async function logitsOf(
  { manifest: { digest } }: Package,
  runner: ProgramRunner,
  state: Tensors,
  x: Tensor,
): Promise<Tensor> {
  const stateId = `asked ${asked++}`;
  const copy = Object.fromEntries(Object.entries(state).map(([name, each]) => [name, copyOf(each)]));
  const loadState = async () => ({ state: copy, tier: 'given' });
  const { y } = await runner.predict({ digest, stateId, x: copyOf(x), loadState });
  await runner.forget(stateId);
  return y;
}
