import { createOnnxRunner } from '../../../src/adapters/onnxruntime/program-runner.ts';
import { tensor } from '../../../src/tensor.ts';
import { tinyPackages } from '../packages.ts';

/** Ends with `process.exit(3)`, or with an uncaught error, while a thread is inside a run. */
const runner = createOnnxRunner({ predictThreads: 1, adaptThreads: 1, stateBytes: 2 ** 20 });
const pkg = tinyPackages.glyphGradients();
await runner.load(pkg);
const [n, ways] = [400, 2];
const end = () => {
  if (process.argv[2] === 'uncaught') throw new Error('for the test');
  process.exit(3);
};
const adapting = runner.adapt({
  digest: pkg.manifest.digest,
  x: tensor([n, 1, 28, 28], new Float32Array(n * 784).fill(0.5)),
  y: tensor(
    [n, ways],
    Float32Array.from({ length: n * ways }, (_, i) => Number((i >> 1) % 2 === i % 2)),
  ),
  steps: 100_000,
  rate: 1e-9,
  signal: new AbortController().signal,
  // Steps follow one another without a pause, so another one is running.
  onStep: () => setImmediate(end),
});
adapting.catch(() => undefined);
