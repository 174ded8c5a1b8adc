import { InnerloopError } from '../../errors.ts';
import { modelOf } from '../../graph/export/encode.ts';
import { type ImportedGraph, importGraph } from '../../graph/import/import-graph.ts';
import { Unreadable } from '../../graph/import/refusal.ts';
import { program } from '../../graph/program.ts';
import { isOp, topologicalOrder, type Value } from '../../graph/value.ts';
import { withoutUnitAxis } from '../../graph/vmap/unit-axis.ts';
import { vmap } from '../../graph/vmap/vmap.ts';
import { encodeModel } from '../../onnx/encode.ts';
import type { OnnxModel } from '../../onnx/model.ts';
import { isTflite, pooledTrunk } from '../tflite/pooled-trunk.ts';
import { readBeside } from './beside.ts';
import { compare } from './compare.ts';
import { type Tap, tapOf } from './features.ts';
import { type Embedding, frozen } from './frozen.ts';
import { inputsOf, type ModelInputs } from './inputs.ts';
import type { ImportedModel, ImportOptions, PreparationOptions, RunForeign } from './options.ts';
import { originalUpTo } from './original.ts';
import { pooled, poolingOf } from './pooling.ts';
import { preparationOf } from './prepare.ts';
import { sizeOf } from './prepare-image.ts';
import { externalValues, invalidModel, readModel } from './read-model.ts';

/** Examples in one run: more pictures at once gain little and cost memory. */
const BATCH = { image: 4, text: 16, audio: 4, vector: 32 } as const;

/**
 * An ONNX model of others as an encoder: read into values for one example, with constants folded, cut at its features,
 * pooled, and given its batch axis by our own transform, so that rows are independent. It is compared with the original
 * on random inputs.
 *
 * @throws InnerloopError `invalid_package` for a model that is malformed, beyond a limit, or not computed as the original
 */
export async function importModel(
  bytes: Uint8Array,
  options: ImportOptions,
  run: RunForeign,
): Promise<ImportedModel> {
  if (isTflite(bytes)) return importTflite(bytes, options, run);
  const model = readModel(bytes);
  const tap = tapOf(model, options.layer);
  const inputs = inputsOf(model, options.kind, sized(options));
  const preparation = preparationOf(inputs, options);
  const read = readFeatures(model, tap, inputs, options);
  const made =
    'unreadable' in read
      ? await frozen(model, tap, inputs, options, run).catch(because(read.unreadable))
      : read;
  const { embed, size, pooling, vocabulary } = made;
  const difference = await compare({
    original: originalUpTo(model, tap.tensor, inputs.inputs),
    tensor: tap.tensor,
    pooling,
    inputs: inputs.inputs,
    manifest: inputs.manifest,
    features: size,
    embed: encodeModel(embed),
    vocabulary,
    weightsFolder: options.weights?.folder,
    run,
  });
  const tokenizer = options.kind === 'text' ? options.files?.['tokenizer.json'] : undefined;
  return {
    draft: {
      facts: {
        name: options.name,
        version: options.version ?? '1.0.0',
        description: `Imported from ${options.source.file}: ${tap.tensor}, ${tap.reason}.`,
        license: options.license ?? 'NOASSERTION',
        sources: [options.source],
        preparation,
        inputs: inputs.manifest,
        features: size,
        batch: BATCH[options.kind],
      },
      program: embed,
      ...(tokenizer && { files: { 'tokenizer.json': tokenizer } }),
    },
    report: {
      inputs: inputs.inputs.map(({ name, type, shape }) => `${name} ${type} [${shape.join(', ')}]`),
      features: { tensor: tap.tensor, size, pooling: pooling.words },
      preparation,
      operators: made.operators,
      form: 'unreadable' in read ? 'frozen' : 'values',
      weightBytes: embed.initializers.reduce((sum, { raw }) => sum + raw.length, 0),
      difference,
      notes: [
        ...('unreadable' in read ? [`Not read as values: ${read.unreadable}`] : []),
        `Features are ${tap.tensor}: ${tap.reason}. Choose another with --layer.`,
        ...('maxTokens' in preparation
          ? [
              `Every text is read as ${preparation.maxTokens} tokens, cut or padded; --tokens sets another number.`,
            ]
          : []),
      ],
    },
  };
}

/** The trunk of a tflite file, translated to ONNX and then imported as any model is. */
async function importTflite(
  bytes: Uint8Array,
  { layer, ...options }: ImportOptions,
  run: RunForeign,
): Promise<ImportedModel> {
  if (options.kind !== 'image') throw invalidModel('--input image with a tflite model', options.kind);
  const { model, tensor } = pooledTrunk(bytes, layer);
  const { draft, report } = await importModel(encodeModel(model), options, run);
  const translated = 'Translated from tflite with float32 weights; compared with the translation.';
  return {
    draft: {
      ...draft,
      facts: { ...draft.facts, description: `Imported from ${options.source.file}: ${tensor}.` },
    },
    report: {
      ...report,
      features: { ...report.features, tensor },
      notes: [translated, `Features are ${tensor}. Choose another with --layer.`],
    },
  };
}

/** An error that also says why the model was not read as values. */
const because =
  (reason: string) =>
  (error: unknown): never => {
    if (!(error instanceof InnerloopError)) throw error;
    throw new InnerloopError(
      error.code,
      `${error.message}. It is not read as values: ${reason}`,
      error.details,
    );
  };

/** The options, with the size of pictures that the file beside the model states if the model leaves it free. */
function sized({ kind, files = {}, preparation = {} }: ImportOptions): PreparationOptions {
  const config = kind === 'image' ? readBeside(files, 'preprocessor_config.json') : {};
  const size = preparation.size ?? sizeOf(config);
  return size === undefined ? preparation : { ...preparation, size };
}

function readFeatures(
  model: OnnxModel,
  tap: Tap,
  inputs: ModelInputs,
  options: ImportOptions,
): Embedding | { readonly unreadable: string } {
  let graph: ImportedGraph;
  try {
    graph = importGraph(model, {
      inputs: inputs.values,
      wanted: [tap.tensor],
      maxBytes: options.maxBytes,
      external: externalValues(options.weights),
    });
  } catch (error) {
    if (error instanceof Unreadable) return { unreadable: error.message };
    throw error;
  }
  const x = graph.tensors.get(tap.tensor) as Value;
  if (x.dtype !== 'float32') throw invalidModel(`features of float32 at ${tap.tensor}`, x.dtype);
  const mask = inputs.own.find(({ attributes }) => attributes.name === 'mask');
  const pooling = poolingOf(x, mask, options.pooling);
  const features = pooled(x, pooling, mask);
  return {
    embed: batched(features, inputs),
    size: Number(features.shape[0]),
    pooling,
    vocabulary: vocabularyOf(features),
    operators: graph.operators,
  };
}

/** The program over a batch: embed(inputs [B, …]) → features [B, d]. */
function batched(features: Value, { own }: ModelInputs): OnnxModel {
  const names = own.map(({ attributes }) => attributes.name);
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
