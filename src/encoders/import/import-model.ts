import { InnerloopError } from '../../errors.ts';
import type { Folded } from '../../graph/import/folded.ts';
import { printable } from '../../graph/import/refusal.ts';
import { encodeModel } from '../../onnx/encode.ts';
import type { OnnxInitializer, OnnxModel } from '../../onnx/model.ts';
import { storedTypes } from '../../onnx/typed-values.ts';
import { isTflite, pooledTrunk } from '../tflite/pooled-trunk.ts';
import { textLengths } from './any-length.ts';
import { compare } from './checks/compare.ts';
import { tapOf } from './find-features.ts';
import { inputsOf, type ModelInputs } from './find-inputs.ts';
import { frozen } from './frozen.ts';
import { encodedPart, neededPart } from './needed-part.ts';
import { featuresNote, preparationNotes } from './notes.ts';
import type { ImportedModel, ImportOptions, PreparationOptions, RunForeign } from './options.ts';
import { otherFormatOf } from './other-formats.ts';
import { readBeside } from './preparation/beside.ts';
import { preparationOf } from './preparation/prepare.ts';
import { sizeOf } from './preparation/prepare-image.ts';
import { embeddingOf, readFeatures } from './read-features.ts';
import { invalidModel, readModel } from './read-model.ts';

/** Examples in one run: more pictures at once gain little and cost memory. */
const BATCH = { image: 4, text: 16, audio: 4, vector: 32 } as const;

/**
 * A foreign ONNX model as an encoder: read into values for one example, with constants folded, cut at its features,
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
  const other = otherFormatOf(bytes);
  if (other !== undefined) throw invalidModel('a model: export it to ONNX', other);
  const whole = readModel(bytes);
  const tap = tapOf(whole, options.layer);
  const inputs = inputsOf(whole, options.kind, sized(options));
  const model = neededPart(whole, tap.tensor, inputs.inputs, options);
  const original = encodedPart(model);
  const preparation = preparationOf(inputs, options);
  const weights = new Map<OnnxInitializer, Folded>();
  const read = readFeatures(model, tap, inputs, options, { weights });
  const made =
    'unreadable' in read
      ? await frozen({ model, original, tap, inputs, options, run }).catch((error: unknown) => {
          // Rounded float32 is slower than 8 bits, so it is the last resort.
          const emulated = readFeatures(model, tap, inputs, options, { emulates: true });
          return 'unreadable' in emulated
            ? because(emulated.unreadable)(error)
            : embeddingOf(emulated, namesOf(inputs));
        })
      : embeddingOf(read, namesOf(inputs));
  const { embed, size, pooling, vocabulary } = made;
  const isRounded =
    isHalf(model) || (made.form === 'values' && ROUNDING.some((op) => made.operators.has(op)));
  const difference = await compare({
    original,
    tensor: tap.tensor,
    pooling,
    inputs: inputs.inputs,
    manifest: inputs.manifest,
    features: size,
    embed: encodeModel(embed),
    vocabulary,
    isRounded,
    run,
  });
  const texts =
    preparation.kind === 'text'
      ? await textLengths({
          model,
          original,
          tap,
          inputs,
          read,
          weights,
          made,
          preparation,
          isRounded,
          options,
          run,
        })
      : null;
  const program = texts?.embed ?? embed;
  const tokenizer = options.kind === 'text' ? options.files?.['tokenizer.json'] : undefined;
  return {
    draft: {
      facts: {
        name: options.name,
        version: options.version ?? '1.0.0',
        description: printable(`Imported from ${options.source.file}: ${tap.tensor}, ${tap.reason}.`),
        license: options.license ?? 'NOASSERTION',
        sources: [options.source],
        preparation,
        inputs: texts?.inputs ?? inputs.manifest,
        features: size,
        batch: BATCH[options.kind],
      },
      program,
      ...(tokenizer && { files: { 'tokenizer.json': tokenizer } }),
    },
    report: {
      inputs: inputs.inputs.map(({ name, type, shape }) => {
        const dims = texts?.inputs ? [1, 'T'] : shape;
        return `${name} ${type} [${dims.join(', ')}]`;
      }),
      features: { tensor: printable(tap.tensor), size, pooling: pooling.words },
      preparation,
      operators: made.operators,
      form: made.form,
      weightBytes: program.initializers.reduce((sum, { raw }) => sum + raw.length, 0),
      difference,
      notes: [
        ...(made.form === 'frozen' && 'unreadable' in read ? [`Not read as values: ${read.unreadable}`] : []),
        featuresNote(tap.tensor, tap.reason),
        ...preparationNotes(preparation, options),
        ...(texts?.notes ?? []),
      ],
    },
  };
}

/** Whether weights are of half precision; inputs and outputs may be casts of float32. */
const isHalf = ({ initializers }: OnnxModel): boolean =>
  initializers.some(({ dataType }) => dataType === storedTypes.float16);

/** Operators that round to 8 bits: a difference of a float32 in its last digit can become one of a step. */
const ROUNDING = ['QuantizeLinear', 'DynamicQuantizeLinear', 'QLinearConv', 'QLinearMatMul'];

const namesOf = ({ own }: ModelInputs): readonly string[] => own.map(({ attributes }) => attributes.name);

/** The trunk of a tflite file, translated to ONNX and then imported as any model is. */
async function importTflite(
  bytes: Uint8Array,
  { layer, ...options }: ImportOptions,
  run: RunForeign,
): Promise<ImportedModel> {
  if (options.kind !== 'image') throw invalidModel('--input image with a tflite model', options.kind);
  const { model, tensor, scaling } = pooledTrunk(bytes, layer);
  const preparation = { ...scaling, ...options.preparation };
  const { draft, report } = await importModel(encodeModel(model), { ...options, preparation }, run);
  const translated = 'Translated from tflite with float32 weights; compared with the translation.';
  return {
    draft: {
      ...draft,
      facts: { ...draft.facts, description: printable(`Imported from ${options.source.file}: ${tensor}.`) },
    },
    report: {
      ...report,
      features: { ...report.features, tensor },
      notes: [
        translated,
        featuresNote(tensor, layer === undefined ? 'what the classifier pools' : 'named'),
        ...(scaling && options.preparation?.mean === undefined
          ? ['Mean and deviation are those that the scale of its 8-bit input states.']
          : []),
        ...preparationNotes(report.preparation, { ...options, preparation }),
      ],
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
