import { type ImagePreparation, sidesOf } from '../../../package/encoder/preparation.ts';
import type { PreparationOptions } from '../options.ts';
import { invalidModel } from '../read-model.ts';
import { preparationFromPreprocessorConfig } from './preprocessor-config.ts';
import type { ProcessorConfig } from './processor-config.ts';

/** Of ImageNet, as torchvision's networks expect. */
const MEAN = [0.485, 0.456, 0.406];
const DEVIATION = [0.229, 0.224, 0.225];

/**
 * How pictures become the input [channels, height, width]: as `preprocessor_config.json` beside the model says, else as
 * torchvision's networks expect it. Options replace single values.
 */
export function imagePreparation(
  [channels = 3, height = 0, width = 0]: readonly number[],
  config: ProcessorConfig,
  options: PreparationOptions,
): ImagePreparation {
  const size = height === width ? height : { height, width };
  const isGray = channels === 1;
  const stated: ImagePreparation = isGiven(config)
    ? preparationFromPreprocessorConfig(config, channels)
    : {
        kind: 'image',
        size,
        fit: 'cover',
        interpolation: 'bilinear',
        ...(isGray && { channels: 'gray' as const }),
        mean: isGray ? [0] : MEAN,
        deviation: isGray ? [1] : DEVIATION,
      };
  const sides = sidesOf(stated.size);
  if (sides.height !== height || sides.width !== width)
    throw invalidModel(
      `preprocessor_config.json to make ${height} × ${width} pixels`,
      `${sides.height} × ${sides.width}`,
    );
  const { fit, mean, deviation } = options;
  const forChannels = (numbers: readonly number[], option: string): number[] => {
    const each = numbers.length === 1 ? Array<number>(channels).fill(numbers[0] ?? 0) : [...numbers];
    if (each.length !== channels) throw invalidModel(`${channels} numbers for --${option}`, `${numbers}`);
    return each.map((x) => x * (stated.range ?? 1));
  };
  const { resize, ...rest } = stated;
  return {
    ...rest,
    ...(resize !== undefined && fit === undefined && { resize }),
    ...(fit && { fit }),
    ...(mean && { mean: forChannels(mean, 'mean') }),
    ...(deviation && { deviation: forChannels(deviation, 'std') }),
  };
}

const isGiven = (config: ProcessorConfig): boolean => Object.keys(config).length > 0;

/** The size of pictures where the model leaves it free. */
export function sizeOf(config: ProcessorConfig): number | undefined {
  const size = isGiven(config) ? preparationFromPreprocessorConfig(config).size : undefined;
  return typeof size === 'number' ? size : undefined;
}
