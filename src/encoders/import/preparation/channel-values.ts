import type { ImagePreparation } from '../../../package/encoder/preparation.ts';
import { invalidConfig, type ProcessorConfig } from './processor-config.ts';

type ChannelValues = Pick<ImagePreparation, 'mean' | 'deviation' | 'range'>;

/**
 * Limit of means and deviations; 1 / MOST is the smallest deviation. Pixels are at most 255, so larger numbers are mistakes.
 */
const MOST = 1_000_000;

/**
 * Rescaling and normalisation as a mean and a deviation. With bytes v, a factor f, an offset o (1 or 0), a mean m and a
 * deviation s:
 *
 *     x = (f v − o − m) / s = (v / 255 − (m + o) / 255 f) / (s / 255 f)
 */
export function channelValues(config: ProcessorConfig, channels: number): ChannelValues {
  const isScaled = config.do_rescale !== false;
  const factor = isScaled ? positive(config.rescale_factor ?? 1 / 255, 'rescale_factor') : 1;
  const offset = isScaled && hasOffset(config) ? 1 : 0;
  const [means, deviations] = normalisation(config, channels);
  const range = isScaled ? 1 : 255;
  const scale = isScaled ? 255 * factor : 1;
  // The usual factor, 0.00392156862745098, is 1/255 except for its last digit.
  const unit = Math.abs(scale - 1) < 1e-6 ? 1 : scale;
  const mean = means.map((each) => (each + offset) / unit);
  const deviation = deviations.map((each) => each / unit);
  const isUsual =
    mean.every((m) => Math.abs(m) <= MOST) && deviation.every((s) => s >= 1 / MOST && s <= MOST);
  if (!isUsual)
    throw invalidConfig('rescale_factor', `means and deviations from 1/${MOST} to ${MOST}`, {
      mean,
      deviation,
    });
  return { ...(range === 255 && { range }), mean, deviation };
}

/** EfficientNet and ViViT subtract 1 after rescaling, so that a factor of 1/127.5 gives −1…1. */
function hasOffset({ rescale_offset, offset }: ProcessorConfig): boolean {
  return rescale_offset === true || offset === true;
}

function normalisation(config: ProcessorConfig, channels: number): readonly [number[], number[]] {
  if (config.do_normalize === false || isMobileVit(config))
    return [Array<number>(channels).fill(0), Array<number>(channels).fill(1)];
  const means = numbers(config.image_mean, 'image_mean', channels);
  const deviations = numbers(config.image_std, 'image_std', channels);
  for (const each of deviations) positive(each, 'image_std');
  // EfficientNet divides by the deviation once more for its classifier.
  return [means, config.include_top === true ? deviations.map((each) => each ** 2) : deviations];
}

/** MobileViT's processor has no normalisation, and no member that says so. */
function isMobileVit({ do_normalize, image_mean, do_flip_channel_order }: ProcessorConfig): boolean {
  return do_normalize === undefined && image_mean === undefined && do_flip_channel_order !== undefined;
}

/** One number for each channel. One number counts for all channels; three give their mean to a gray picture. */
function numbers(value: unknown, member: string, channels: number): number[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const isNumbers = list.every((each): each is number => typeof each === 'number' && Number.isFinite(each));
  if (isNumbers && list.length === channels) return [...list];
  if (isNumbers && list.length === 1) return Array<number>(channels).fill(list[0] as number);
  if (isNumbers && channels === 1 && list.length === 3) return [list.reduce((a, b) => a + b, 0) / 3];
  throw invalidConfig(member, channels === 1 ? 'a number' : `${channels} numbers`, value);
}

function positive(value: unknown, member: string): number {
  if (typeof value === 'number' && value > 0 && Number.isFinite(value)) return value;
  throw invalidConfig(member, 'a number above 0', value);
}
