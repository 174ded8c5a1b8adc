import { compile } from '../../src/adapters/onnxruntime/threads/session.ts';
import { gradient } from '../../src/autodiff/gradient.ts';
import { encodeProgram } from '../../src/graph/export/encode.ts';
import { mul, reduceMean } from '../../src/graph/ops/index.ts';
import { program } from '../../src/graph/program.ts';
import type { Tensor, Tensors } from '../../src/tensor.ts';
import type { Network } from './network.ts';

/** A loss and its gradients by the names of the weights. */
export interface Learned {
  readonly loss: number;
  readonly gradients: Tensors;
}

export interface Learner {
  /** The mean of y² over the images and its gradient to all weights. */
  learn(images: Tensor): Promise<Learned>;
  dispose(): Promise<void>;
}

/** Images run in chunks, so the memory does not grow with their number; gradients are averaged over the chunks. */
export async function createLearner(chunk: Network, threads: number): Promise<Learner> {
  const loss = reduceMean(mul(chunk.output, chunk.output));
  const names = chunk.weights.map(({ attributes: { name } }) => name);
  const gradients = gradient(loss, chunk.weights);
  const outputs = Object.fromEntries(names.map((name, i) => [`d/${name}`, gradients[i] as typeof loss]));
  const session = await compile(
    encodeProgram(program('learn', [chunk.image, ...chunk.weights], { loss, ...outputs })),
    { threads },
  );
  const [size = 1, ...shape] = chunk.image.shape.map(Number);
  const stride = shape.reduce((a, b) => a * b, size);
  return {
    async learn(images) {
      const chunks = images.data.length / stride;
      let sum: Learned | null = null;
      for (let i = 0; i < chunks; i++) {
        const data = images.data.subarray(i * stride, (i + 1) * stride);
        const results = await session.run({ image: { shape: [size, ...shape], data }, ...chunk.initial });
        const part = {
          loss: (results.loss?.data[0] ?? Number.NaN) / chunks,
          gradients: Object.fromEntries(names.map((name) => [name, results[`d/${name}`] as Tensor])),
        };
        sum = sum ? added(sum, part) : part;
      }
      if (!sum) throw new RangeError('Expected images, got none');
      for (const { data } of Object.values(sum.gradients))
        for (let i = 0; i < data.length && chunks > 1; i++) data[i] = (data[i] as number) / chunks;
      return sum;
    },
    dispose: () => session.dispose(),
  };
}

function added(sum: Learned, part: Learned): Learned {
  for (const [name, { data }] of Object.entries(sum.gradients)) {
    const more = part.gradients[name]?.data ?? [];
    for (let i = 0; i < data.length; i++) data[i] = (data[i] as number) + (more[i] as number);
  }
  return { loss: sum.loss + part.loss, gradients: sum.gradients };
}
