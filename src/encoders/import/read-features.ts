import { modelOf } from '../../graph/export/encode.ts';
import {
  type ImportOptions as GraphOptions,
  type ImportedGraph,
  importGraph,
} from '../../graph/import/import-graph.ts';
import { Unreadable } from '../../graph/import/refusal.ts';
import { program } from '../../graph/program.ts';
import { isOp, topologicalOrder, type Value } from '../../graph/value.ts';
import { withoutUnitAxis } from '../../graph/vmap/unit-axis.ts';
import { vmap } from '../../graph/vmap/vmap.ts';
import type { OnnxModel } from '../../onnx/model.ts';
import type { Tap } from './find-features.ts';
import type { ModelInputs } from './find-inputs.ts';
import type { Embedding } from './frozen.ts';
import type { ImportOptions } from './options.ts';
import { type Pooling, pooled, poolingOf } from './pooling.ts';
import { invalidModel } from './read-model.ts';

/** The features of one example as values. */
export interface ReadFeatures {
  /** [d] */
  readonly features: Value;
  readonly pooling: Pooling;
  readonly operators: ReadonlyMap<string, number>;
}

/**
 * Reads what the features depend on into values, and pools them.
 * @throws InnerloopError `invalid_package` as `importGraph` does, and for features of another type
 */
export function readFeatures(
  model: OnnxModel,
  tap: Tap,
  inputs: ModelInputs,
  options: ImportOptions,
  how: Pick<GraphOptions, 'emulates' | 'weights'> = {},
): ReadFeatures | { readonly unreadable: string } {
  let graph: ImportedGraph;
  try {
    graph = importGraph(model, {
      inputs: inputs.values,
      wanted: [tap.tensor],
      maxBytes: options.maxBytes,
      ...how,
    });
  } catch (error) {
    if (error instanceof Unreadable) return { unreadable: error.message };
    throw error;
  }
  const x = graph.tensors.get(tap.tensor) as Value;
  if (x.dtype !== 'float32') throw invalidModel(`features of float32 at ${tap.tensor}`, x.dtype);
  const mask = inputs.own.find(({ attributes }) => attributes.name === 'mask');
  const pooling = poolingOf(x, mask, options.pooling);
  return { features: pooled(x, pooling, mask), pooling, operators: graph.operators };
}

/** The program of an encoder over features of one example. */
export function embeddingOf(
  { features, pooling, operators }: ReadFeatures,
  inputs: readonly string[],
): Embedding {
  return {
    form: 'values',
    embed: batched(features, inputs),
    size: Number(features.shape[0]),
    pooling,
    vocabulary: vocabularyOf(features),
    operators,
  };
}

/** The program over a batch: embed(inputs [B, …]) → features [B, d]. */
function batched(features: Value, names: readonly string[]): OnnxModel {
  const rows = vmap([features], names, 'B');
  if ('missing' in rows)
    throw invalidModel('operators that can run on a batch', `${rows.missing.op} [${rows.missing.shape}]`);
  const [over] = withoutUnitAxis(rows.values, 'B');
  const used = topologicalOrder([over as Value]).filter((each) => isOp(each, 'Input'));
  const inputs = names.map((name) => used.find(({ attributes }) => attributes.name === name));
  const unused = inputs.indexOf(undefined);
  if (unused >= 0) throw invalidModel('features that depend on every input', names[unused]);
  return modelOf(program('embed', inputs as Value<'Input'>[], { features: over as Value }));
}

/** The number of ids that every table of embeddings has. */
function vocabularyOf(features: Value): number {
  const sizes = topologicalOrder([features]).flatMap((each) => {
    const [table, indices] = each.inputs;
    if (!isOp(each, 'Gather') || !table || !indices || isOp(indices, 'Constant')) return [];
    return [Number(table.shape[each.attributes.axis])];
  });
  return Math.min(256, ...sizes.filter((size) => size > 2));
}
