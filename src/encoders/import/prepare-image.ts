import type { ImagePreparation } from '../../package/encoder/preparation.ts';
import { isObject, type Json, numberIn, numbersIn } from './beside.ts';
import type { PreparationOptions } from './options.ts';
import { invalidModel } from './read-model.ts';

/** Of ImageNet, as torchvision's networks expect. */
const MEAN = [0.485, 0.456, 0.406];
const DEVIATION = [0.229, 0.224, 0.225];

/** Pillow's numbers of filters. */
const FILTERS: Readonly<Record<number, ImagePreparation['interpolation']>> = {
  0: 'nearest',
  2: 'bilinear',
  3: 'bicubic',
};

type Sides = { readonly height: number; readonly width: number };

/**
 * The size that a `preprocessor_config.json` names: one number or `shortest_edge` is the shorter side.
 * @see https://huggingface.co/docs/transformers/main_classes/image_processor
 */
function sizeIn(x: unknown): { readonly sides: Sides; readonly isShorter: boolean } | undefined {
  const one = numberIn(x) ?? (isObject(x) ? numberIn(x.shortest_edge) : undefined);
  if (one !== undefined) return { sides: { height: one, width: one }, isShorter: true };
  if (!isObject(x)) return undefined;
  const [height, width] = [numberIn(x.height), numberIn(x.width)];
  return height === undefined || width === undefined
    ? undefined
    : { sides: { height, width }, isShorter: false };
}

/** What the files beside a model say on pictures, and the options where they say nothing. Options come first. */
export function imagePreparation(
  [channels = 3, height = 0, width = 0]: readonly number[],
  config: Json,
  options: PreparationOptions,
): ImagePreparation {
  const isGray = channels === 1;
  const size = height === width ? height : { height, width };
  const crop = config.do_center_crop === true ? sizeIn(config.crop_size)?.sides : undefined;
  const resized = config.do_resize === false ? undefined : sizeIn(config.size);
  const stated = crop ?? (resized?.isShorter === false ? resized.sides : undefined);
  if (stated && (stated.height !== height || stated.width !== width))
    throw invalidModel(
      `preprocessor_config.json to make ${height} × ${width} pixels`,
      `${stated.height} × ${stated.width}`,
    );
  const scaling = numberIn(config.rescale_factor);
  const isUnscaled = config.do_rescale === false;
  const isNormalised = config.do_normalize !== false;
  const hasConfig = Object.keys(config).length > 0;
  const absent = hasConfig && !isNormalised ? { mean: [0, 0, 0], deviation: [1, 1, 1] } : defaults(isGray);
  const mean = options.mean ?? (isNormalised ? numbersIn(config.image_mean) : undefined) ?? absent.mean;
  const deviation =
    options.deviation ?? (isNormalised ? numbersIn(config.image_std) : undefined) ?? absent.deviation;
  const fit = options.fit ?? (resized && !resized.isShorter && !crop ? 'fill' : 'cover');
  const outer = resized?.isShorter && crop && !options.fit ? resized.sides : undefined;
  const interpolation = FILTERS[numberIn(config.resample) ?? 2] ?? 'bilinear';
  const list = (numbers: readonly number[], name: string): number[] => {
    const each = numbers.length === 1 ? Array<number>(isGray ? 1 : 3).fill(numbers[0] ?? 0) : [...numbers];
    if (isGray && each.length === 3) return [each.reduce((a, b) => a + b, 0) / 3];
    if (each.length !== channels) throw invalidModel(`${channels} numbers for the ${name}`, `[${numbers}]`);
    return each;
  };
  // A rescaling such as 1/127.5 with an offset is a mean and a deviation of values 0…1.
  const factor = isUnscaled ? 1 : 255 * (scaling ?? 1 / 255);
  const means = list(mean, 'mean').map((each) => each / factor);
  const deviations = list(deviation, 'deviation').map((each) => each / factor);
  return {
    kind: 'image',
    size,
    fit,
    interpolation,
    ...(outer && (outer.height !== height || outer.width !== width) && { resize: outer.height }),
    ...(isGray && { channels: 'gray' as const }),
    ...(isUnscaled && { range: 255 as const }),
    mean: means,
    deviation: deviations,
  };
}

const defaults = (isGray: boolean) =>
  isGray ? { mean: [0], deviation: [1] } : { mean: MEAN, deviation: DEVIATION };
