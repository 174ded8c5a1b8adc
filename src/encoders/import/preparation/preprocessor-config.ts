import { type ImagePreparation, MAX_SIDE, type Size, sidesOf } from '../../../package/encoder/preparation.ts';
import { channelValues } from './channel-values.ts';
import { framing } from './framing.ts';
import { invalidConfig, type ProcessorConfig } from './processor-config.ts';

/** Pillow's numbers of filters, in their order. */
const FILTERS = ['nearest', 'lanczos', 'bilinear', 'bicubic', 'box', 'hamming'] as const;
const BILINEAR = 2;

/** Steps that have no place in an encoder, if they are true. */
const OTHER_STEPS = [
  'do_pad',
  'do_color_quantize',
  'do_thumbnail',
  'do_align_long_axis',
  'do_crop_margin',
  'do_image_splitting',
  'do_pan_and_scan',
];

/**
 * The preparation that a `preprocessor_config.json` of Hugging Face's image processors states: of CLIP, SigLIP, ViT, DeiT,
 * BEiT, DINOv2, ConvNeXt, ResNet, Swin, EfficientNet, MobileNet, MobileViT, LeViT, PoolFormer and those that read the same
 * members. `channels` is the number of channels of the network.
 *
 * @throws InnerloopError `invalid_package` that names the member for anything that an encoder cannot do
 * @see https://huggingface.co/docs/transformers/main_classes/image_processor
 */
export function preparationFromPreprocessorConfig(config: ProcessorConfig, channels = 3): ImagePreparation {
  for (const name of OTHER_STEPS)
    if (config[name] === true)
      throw invalidConfig(name, 'no such step, which an encoder does not have', true);
  const { size, resize, fit } = framing(config);
  if ([size, resize].some((each) => Object.values(sidesOf(each)).some((side) => side > MAX_SIDE)))
    throw invalidConfig('size', `sides of at most ${MAX_SIDE} pixels`, resize);
  return {
    kind: 'image',
    size,
    fit,
    ...(!isSame(size, resize) && { resize }),
    interpolation: interpolationOf(config.resample ?? BILINEAR),
    ...(channels === 1
      ? { channels: 'gray' as const }
      : config.do_flip_channel_order === true && { channels: 'bgr' as const }),
    ...channelValues(config, channels),
  };
}

function isSame(a: Size, b: Size): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function interpolationOf(resample: unknown): NonNullable<ImagePreparation['interpolation']> {
  const name = typeof resample === 'string' ? resample.toLowerCase() : FILTERS[Number(resample)];
  if (name === 'nearest' || name === 'bilinear' || name === 'bicubic' || name === 'lanczos') return name;
  throw invalidConfig('resample', '0 (nearest), 1 (lanczos), 2 (bilinear) or 3 (bicubic)', resample);
}
