import type { Worker } from 'node:worker_threads';
import { expect, it, onTestFinished } from 'vitest';
import { createOnnxRunner } from '../../../src/adapters/onnxruntime/program-runner.ts';
import { chooseProvider } from '../../../src/adapters/onnxruntime/providers/choose-provider.ts';
import { tryProvider } from '../../../src/adapters/onnxruntime/providers/try-provider.ts';
import type { InnerloopError } from '../../../src/errors.ts';
import type { ExecutionProvider } from '../../../src/execution-providers.ts';
import { tinyPackages } from '../../support/packages.ts';

/** An execution provider of another platform. */
const foreign: ExecutionProvider = process.platform === 'win32' ? 'coreml' : 'dml';
/** Without install scripts, an installation has no CUDA or TensorRT library, even on a machine with a GPU. */
const unavailable: readonly ExecutionProvider[] = ['cuda', 'tensorrt', foreign];

/** Returns the chosen provider, and the messages about the skipped ones. */
async function choose(...wanted: readonly ExecutionProvider[]) {
  const passedOver: InnerloopError[] = [];
  const chosen = await chooseProvider(wanted, (error) => passedOver.push(error));
  return { chosen, passedOver };
}

it.each(unavailable)('refuses %s if it cannot be used, and says what it needs', async (name) => {
  await expect(choose(name)).rejects.toMatchObject({
    code: 'invalid_config',
    message: expect.stringMatching(new RegExp(`execution provider ${name} cannot be used. It needs \\S+`)),
    details: { cause: expect.stringMatching(/load shared library|backend not found/) },
  });
});

it('tries the providers in order, and refuses when none works', async () => {
  const passedOver: InnerloopError[] = [];
  const choosing = chooseProvider(['cuda', 'tensorrt'], (error) => passedOver.push(error));
  await expect(choosing).rejects.toThrow('tensorrt');
  expect(passedOver).toMatchObject([{ message: expect.stringContaining(' cuda ') }]);
});

it('skips unavailable providers, in order, when the list contains the CPU', async () => {
  const { chosen, passedOver } = await choose('tensorrt', foreign, 'cuda', 'cpu');
  expect(chosen).toBe('cpu');
  expect(passedOver.map(({ message }) => message)).toEqual(
    ['tensorrt', foreign, 'cuda'].map((name) => expect.stringContaining(` ${name} `)),
  );
});

it('tries no provider after the first that is available', async () => {
  expect(await choose('cpu', 'cuda')).toEqual({ chosen: 'cpu', passedOver: [] });
});

it('uses WebGPU if there is a GPU, and otherwise names what is missing', async () => {
  const { chosen, passedOver } = await choose('webgpu', 'cpu');
  if (chosen === 'webgpu') expect(passedOver).toEqual([]);
  else expect(passedOver).toMatchObject([{ message: expect.stringMatching(/webgpu .*libvulkan/) }]);
});

it('refuses a provider whose trial crashes the thread', async () => {
  // An invalid message crashes the thread, like a crash of the provider.
  const kill = (thread: Worker) => thread.postMessage(null);
  process.on('worker', kill);
  onTestFinished(() => void process.off('worker', kill));
  const error: InnerloopError = await choose('cuda').catch((reason) => reason);
  expect(error).toMatchObject({ code: 'invalid_config', details: { cause: expect.any(TypeError) } });
  expect(error.message).toContain('cuda');
});

it('does not accept a provider whose operators run on the CPU', async () => {
  // The runtime treats an exclusive session on the CPU like a provider that supports no node of the graph.
  await expect(tryProvider('cpu')).rejects.toThrow(/fallback to CPU EP has been explicitly disabled/);
});

it.each(['predict', 'adapt'] as const)('uses the provider in the threads that %s', async (kind) => {
  const threads = { predictThreads: 0, adaptThreads: 0, [`${kind}Threads`]: 1 };
  await using runner = createOnnxRunner({ ...threads, stateBytes: 1e6, executionProvider: 'cuda' });
  expect(runner.executionProvider).toBe('cuda');
  await expect(runner.load(tinyPackages.gradients())).rejects.toMatchObject({
    code: 'invalid_package',
    details: { cause: { details: { cause: expect.stringMatching(/Cuda/) } } },
  });
});
