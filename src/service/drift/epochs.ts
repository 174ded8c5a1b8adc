import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Adaptation } from '../../domain/adaptation.ts';
import { createSketch, type Sketch } from '../../domain/drift/sketch.ts';
import type { Manifest } from '../../package/manifest.ts';
import { splitRows, type Tensor } from '../../tensor.ts';

/** How features of an adaptation become comparable sketches. */
export interface Epoch {
  /** Sketches of one epoch can be compared: they have the same encoder, or the same package and columns. */
  readonly id: string;
  /** Of each row of x [B, …input], which is not changed. */
  sketches(x: Tensor): readonly Float32Array[];
}

/** How many projections (of encoders and packages) and how many epochs (of adaptations) stay in memory. */
const MAX = { sketches: 50, epochs: 1000 } as const;

export function createEpochs(): (adaptation: Adaptation, manifest: Manifest) => Epoch {
  const sketches = new LRUCache<string, Sketch>({ max: MAX.sketches });
  const epochs = new LRUCache<string, Epoch>({ max: MAX.epochs });

  function epochOf({ columns }: Adaptation, { digest, input }: Manifest): Epoch {
    const { preprocessing } = input;
    const source = preprocessing.kind === 'encoder' ? preprocessing.digest : digest;
    const sketch = sketches.get(source) ?? createSketch(source);
    sketches.set(source, sketch);
    return {
      id: columns ? `${source} ${digestOf(columns)}` : source,
      sketches: (x) => splitRows(x, 1).map(({ data }) => sketch(data)),
    };
  }

  return (adaptation, manifest) => {
    // Ids are hashes that cover tenant, task, package and examples.
    const known = epochs.get(adaptation.id) ?? epochOf(adaptation, manifest);
    epochs.set(adaptation.id, known);
    return known;
  };
}

const digestOf = (value: unknown) => createHash('sha256').update(JSON.stringify(value)).digest('hex');
