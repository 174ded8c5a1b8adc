import { type Static, Type } from 'typebox';
import { schemaProblems } from '../../package/schema-problems.ts';
import { createWeightReader, invalidModel, type Weight, WeightEntry } from './weights.ts';

/** Universal Sentence Encoder Lite has 0.25 MB. */
const MAX_MODEL_BYTES = 16 * 1024 * 1024;

const ModelFile = Type.Object({
  weightsManifest: Type.Array(
    Type.Object({ paths: Type.Array(Type.String()), weights: Type.Array(WeightEntry) }),
  ),
});
type ModelFile = Static<typeof ModelFile>;

/**
 * The weights by name of a graph model of TensorFlow.js. `model.json` lists them; shards hold their values, one after
 * another. Sizes are compared with the shards before memory is allocated. The topology is not read: a builder writes the
 * network itself, because the operators of TensorFlow.js translate into a slower graph.
 *
 * @param shards The files beside `model.json` by name.
 * @throws InnerloopError `invalid_package`
 * @see https://github.com/tensorflow/tfjs/blob/master/tfjs-core/src/io/types.ts, `WeightsManifestConfig`
 */
export function readWeights(
  modelJson: Uint8Array,
  shards: ReadonlyMap<string, Uint8Array>,
): ReadonlyMap<string, Weight> {
  const { weightsManifest: groups } = parse(modelJson);
  requireUnique(groups.flatMap(({ paths }) => paths));
  requireUnique(groups.flatMap(({ weights }) => weights.map(({ name }) => name)));
  const weights = new Map<string, Weight>();
  for (const { paths, weights: entries } of groups) {
    const reader = createWeightReader(Buffer.concat(paths.map((path) => shardOf(shards, path))));
    for (const entry of entries) weights.set(entry.name, reader.next(entry));
    reader.end();
  }
  return weights;
}

function parse(bytes: Uint8Array): ModelFile {
  if (bytes.length > MAX_MODEL_BYTES)
    throw invalidModel(`expected at most ${MAX_MODEL_BYTES} bytes in model.json, got ${bytes.length}`);
  const value = parseJson(bytes);
  const [wrong] = schemaProblems(ModelFile, value);
  if (wrong) throw invalidModel(`${wrong.pointer}: expected ${wrong.expected}, got ${wrong.got}`);
  return value as ModelFile;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw invalidModel('expected JSON in model.json', cause);
  }
}

/** Reading a shard for each of many mentions would let a small `model.json` fill the memory. */
function requireUnique(names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) throw invalidModel(`expected each name once, got ${name} twice`);
    seen.add(name);
  }
}

function shardOf(shards: ReadonlyMap<string, Uint8Array>, path: string): Uint8Array {
  const bytes = shards.get(path);
  if (!bytes) throw invalidModel(`expected the shard ${path}, got nothing`);
  return bytes;
}
