import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tensor } from '../../src/tensor.ts';
import type { Learned } from './learner.ts';
import type { Network } from './network.ts';

interface Described {
  readonly name: string;
  readonly network: Network;
  readonly images: Tensor;
  readonly flops: number;
  readonly learned: Learned;
}

const normOf = ({ data }: Tensor): number => Math.sqrt(data.reduce((sum, x) => sum + x * x, 0));

/** Writes what `learn_peer.py` reads, in a new folder, and returns the folder. */
export function writeSpec(described: readonly Described[]): string {
  const numbers: Float32Array[] = [];
  let offset = 0;
  const stored = ({ shape, data }: Tensor) => {
    const at = { shape, offset };
    numbers.push(data);
    offset += data.length;
    return at;
  };
  const spec = described.map(({ name, network, images, flops, learned }) => ({
    name,
    flops,
    description: network.description,
    image: stored(images),
    weights: Object.fromEntries(Object.entries(network.initial).map(([key, each]) => [key, stored(each)])),
    loss: learned.loss,
    norms: Object.keys(network.initial).map((key) => normOf(learned.gradients[key] as Tensor)),
  }));
  const folder = mkdtempSync(join(tmpdir(), 'learn-'));
  writeFileSync(join(folder, 'spec.json'), JSON.stringify(spec));
  const bytes = numbers.map(({ buffer, byteOffset, byteLength }) =>
    Buffer.from(buffer, byteOffset, byteLength),
  );
  writeFileSync(join(folder, 'numbers.bin'), Buffer.concat(bytes));
  return folder;
}
