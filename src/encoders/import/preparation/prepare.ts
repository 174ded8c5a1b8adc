import {
  MAX_SAMPLE_RATE,
  type Preparation,
  type TextPreparation,
} from '../../../package/encoder/preparation.ts';
import type { ModelInputs } from '../find-inputs.ts';
import type { ImportOptions } from '../options.ts';
import { invalidModel } from '../read-model.ts';
import { isObject, type Json, numberIn, readBeside } from './beside.ts';
import { imagePreparation } from './prepare-image.ts';
import { invalidConfig } from './processor-config.ts';

/** How contents become the inputs of the encoder, from the files beside the model and from options. */
export function preparationOf({ manifest }: ModelInputs, options: ImportOptions): Preparation {
  const { kind, files = {}, preparation = {} } = options;
  const [first] = manifest;
  const shape = (first?.shape ?? []).map(Number);
  if (kind === 'image')
    return imagePreparation(shape, readBeside(files, 'preprocessor_config.json'), preparation);
  if (kind === 'vector') return { kind: 'tensor' };
  if (kind === 'text')
    return textPreparation(
      manifest.map(({ name }) => name),
      shape[0] ?? 0,
      options,
    );
  const config = readBeside(files, 'preprocessor_config.json');
  const sampleRate = preparation.sampleRate ?? rateIn(config) ?? 16_000;
  const length = shape.at(-1) ?? 0;
  return {
    kind: 'audio',
    sampleRate,
    maxSamples: Math.max(length, 30 * sampleRate),
    before: 0,
    after: 0,
    range: 'unit',
    ...(config.do_normalize === true && { normalise: true }),
    length,
  };
}

function rateIn({ sampling_rate: rate }: Json): number | undefined {
  if (rate === undefined || rate === null) return undefined;
  const stated = numberIn(rate) ?? Number.NaN;
  if (Number.isInteger(stated) && stated >= 1 && stated <= MAX_SAMPLE_RATE) return stated;
  throw invalidConfig('sampling_rate', `a whole number from 1 to ${MAX_SAMPLE_RATE}`, rate);
}

function textPreparation(
  names: readonly string[],
  maxTokens: number,
  { files = {} }: ImportOptions,
): TextPreparation {
  const tokenizer = files['tokenizer.json'];
  if (!tokenizer) throw invalidModel('tokenizer.json beside the model, or --tokenizer', 'none');
  const has = (name: string) => names.includes(name);
  return {
    kind: 'text',
    maxTokens,
    tokens: {
      ids: 'ids',
      ...(has('mask') && { mask: 'mask' }),
      ...(has('types') && { types: 'types' }),
      pad: padOf(readBeside(files, 'config.json'), tokenizer),
    },
  };
}

/** The id of padding: as the configuration or the tokenizer says, else 0. */
function padOf(config: Json, tokenizer: Uint8Array): number {
  const stated = numberIn(config.pad_token_id);
  if (stated !== undefined && Number.isInteger(stated) && stated >= 0) return stated;
  try {
    const parsed: unknown = JSON.parse(new TextDecoder().decode(tokenizer));
    const padding = isObject(parsed) && isObject(parsed.padding) ? parsed.padding : {};
    const id = numberIn(padding.pad_id);
    return id !== undefined && Number.isInteger(id) && id >= 0 ? id : 0;
  } catch {
    throw invalidModel('tokenizer.json to be JSON', 'other bytes');
  }
}
