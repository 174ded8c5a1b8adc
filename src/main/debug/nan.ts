import { readFile } from 'node:fs/promises';
import { compile } from '../../adapters/onnxruntime/threads/session.ts';
import { describeNonFinite, findNonFinite } from '../../onnx/non-finite.ts';
import type { Manifest } from '../../package/manifest.ts';
import { readPackage } from '../../package/read.ts';
import { sizeOf, type Tensor, type Tensors, tensor } from '../../tensor.ts';
import { createRandom } from '../../training/random.ts';

interface TraceOptions {
  readonly tensors?: string | undefined;
  readonly steps?: string | undefined;
  readonly rate?: string | undefined;
  readonly seed: string;
}

/**
 * Runs the programs of a package one after another, and stops at the first program with a value that is not finite.
 * Writes the operator of this value. True if there is such a value.
 */
export async function traceNonFinite(
  directory: string,
  options: TraceOptions,
  write: (text: string) => void,
): Promise<boolean> {
  const { manifest, programs } = await readPackage(directory);
  const given = options.tensors ? await readTensors(options.tensors) : {};
  const { x, ...support } = { ...randomTensors(manifest, numberOf('--seed', options.seed)), ...given };
  const steps = numberOf('--steps', options.steps ?? `${manifest.inner.steps.default}`);
  const rate = tensor([], [numberOf('--rate', options.rate ?? `${manifest.inner.rate.default}`)]);

  const trace = async (title: string, model: Uint8Array, feeds: Tensors): Promise<Tensors | null> => {
    const found = await findNonFinite(model, feeds, run);
    write(
      found ? `${title}: ${describeNonFinite(found)}` : `${title}: no operator makes a NaN or an infinity`,
    );
    return found ? null : run(model, feeds);
  };
  let state = await trace('init', programs.init, support);
  for (let step = 1; state && programs.step && step <= steps; step++) {
    const outputs = await trace(`step ${step}`, programs.step, { ...state, ...support, rate });
    state = outputs && nextState(outputs);
  }
  return !(state && (await trace('predict', programs.predict, { ...state, x })));
}

async function run(model: Uint8Array, feeds: Tensors): Promise<Tensors> {
  const session = await compile(model);
  try {
    return await session.run(feeds);
  } finally {
    await session.dispose();
  }
}

/** A step's outputs `<name>.next` under the names that the next step takes; without the loss. */
const nextState = (outputs: Tensors): Tensors =>
  Object.fromEntries(
    Object.entries(outputs).flatMap(([name, each]) =>
      name.endsWith('.next') ? [[name.slice(0, -'.next'.length), each]] : [],
    ),
  );

function numberOf(option: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value))
    throw new RangeError(`${option}: expected a number, got ${text}`);
  return value;
}

const NAMES = ['support_x', 'support_y', 'x'];

async function readTensors(path: string): Promise<Tensors> {
  const content = JSON.parse(await readFile(path, 'utf8')) as Readonly<
    Record<string, Partial<JsonTensor> | null>
  >;
  return Object.fromEntries(
    Object.entries(content).map(([name, each]) => {
      if (!NAMES.includes(name)) throw new RangeError(`${path}: expected ${NAMES.join(', ')}, got ${name}`);
      if (!Array.isArray(each?.shape) || !Array.isArray(each.data))
        throw new RangeError(`${path}: expected ${name} to be {"shape": […], "data": […]}`);
      // JSON has no NaN; the file uses null instead.
      return [
        name,
        tensor(
          each.shape,
          each.data.map((number) => number ?? Number.NaN),
        ),
      ];
    }),
  );
}

interface JsonTensor {
  readonly shape: readonly number[];
  readonly data: readonly (number | null)[];
}

const [EXAMPLES, WAYS] = [10, 5];

/** A row of a table has any number of features. */
const shapeOf = ({ shape }: Manifest['input']): number[] => shape.map((dim) => (dim === 'd' ? 8 : dim));

/** Random inputs from 0 to 1; one-hot classes in turn, or random targets. */
function randomTensors({ input, output, task }: Manifest, seed: number) {
  const random = createRandom(seed);
  const uniform = (shape: readonly number[]): Tensor =>
    tensor(
      shape,
      Float32Array.from({ length: sizeOf(shape) }, () => random.uniform()),
    );
  const classes = Float32Array.from({ length: EXAMPLES * WAYS }, (_, i) =>
    i % WAYS === Math.floor(i / WAYS) % WAYS ? 1 : 0,
  );
  return {
    support_x: uniform([EXAMPLES, ...shapeOf(input)]),
    support_y:
      task === 'classification'
        ? tensor([EXAMPLES, WAYS], classes)
        : uniform([EXAMPLES, ...output.shape.map(Number)]),
    x: uniform([EXAMPLES, ...shapeOf(input)]),
  };
}
