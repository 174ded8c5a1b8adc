import type { ImagePreparation, Size } from '../../../package/encoder/preparation.ts';
import { invalidConfig, type ProcessorConfig } from './processor-config.ts';

type Framing = Required<Pick<ImagePreparation, 'size' | 'resize' | 'fit'>>;

/** A size in a configuration: the shorter side, or both. */
type Stated = { readonly shorter: number } | { readonly both: Size };

/** ConvNeXt's processor cuts no centre out of pictures of this size and above. */
const CONVNEXT_WHOLE = 384;
const CONVNEXT_CROP = 224 / 256;
const LEVIT_SCALE = 256 / 224;

/** The part of a picture that is read, and the size to which it is brought. */
export function framing(config: ProcessorConfig): Framing {
  const { do_resize, do_center_crop, crop_pct } = config;
  if (do_resize === false) throw invalidConfig('do_resize', 'true: encoders read one size', do_resize);
  const type = typeOf(config);
  const isCropped = do_center_crop === true;
  const stated = sizeIn(config.size, 'size', isShorterBy(type, isCropped));
  if (type.startsWith('ConvNext') || (crop_pct !== undefined && do_center_crop === undefined))
    return convNext(stated, crop_pct);
  if (isCropped) {
    const size = bothOf(sizeIn(config.crop_size ?? config.size, 'crop_size', false));
    return 'both' in stated
      ? checked({ size, resize: stated.both, fit: 'fill' })
      : checked({ size, resize: scaledBy(stated.shorter, type, crop_pct), fit: 'cover' });
  }
  if ('both' in stated) return { size: stated.both, resize: stated.both, fit: 'fill' };
  throw invalidConfig('size', 'height and width, or do_center_crop: encoders read one size', config.size);
}

/** The name of the processor without its suffix: `ViT`, `CLIP`, … Empty if the file has none. */
function typeOf({ image_processor_type, feature_extractor_type }: ProcessorConfig): string {
  const name = image_processor_type ?? feature_extractor_type;
  return typeof name === 'string' ? name.replace(/(ImageProcessor|FeatureExtractor)(Fast)?$/, '') : '';
}

/** Processors that warp a picture to a square if its size is one number. Others keep its proportions. */
const SQUARE = /^(ViT|ViTHybrid|DeiT|Beit|EfficientNet|Siglip|Siglip2|Segformer|DPT|Swin|Flava|Blip|Dino)/;

function isShorterBy(type: string, isCropped: boolean): boolean {
  if (SQUARE.test(type)) return false;
  return isCropped || /^(ConvNext|MobileViT|PoolFormer|Levit)/.test(type);
}

function convNext(stated: Stated, cropPct: unknown): Framing {
  const side = 'shorter' in stated ? stated.shorter : stated.both;
  if (typeof side !== 'number') throw invalidConfig('size', 'shortest_edge', side);
  if (side >= CONVNEXT_WHOLE) return { size: side, resize: side, fit: 'fill' };
  return { size: side, resize: Math.trunc(side / cropShare(cropPct ?? CONVNEXT_CROP)), fit: 'cover' };
}

/** LeViT and PoolFormer resize to more than they state, and then cut out the centre. */
function scaledBy(side: number, type: string, cropPct: unknown): number {
  if (type.startsWith('Levit')) return Math.trunc(LEVIT_SCALE * side);
  return cropPct === undefined || cropPct === null ? side : Math.trunc(side / cropShare(cropPct));
}

function cropShare(value: unknown): number {
  if (typeof value === 'number' && value > 0 && value <= 1) return value;
  throw invalidConfig('crop_pct', 'a number above 0, up to 1', value);
}

function sizeIn(value: unknown, member: string, isShorter: boolean): Stated {
  if (isSide(value)) return isShorter ? { shorter: value } : { both: value };
  const [height, width] = Array.isArray(value) ? value : [undefined, undefined];
  if (isSide(height) && isSide(width)) return { both: sizeOf(height, width) };
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const sides = value as Readonly<Record<string, unknown>>;
    if (isSide(sides.height) && isSide(sides.width)) return { both: sizeOf(sides.height, sides.width) };
    if (isSide(sides.shortest_edge) && sides.longest_edge === undefined)
      return { shorter: sides.shortest_edge };
  }
  throw invalidConfig(member, 'a number, {height, width} or {shortest_edge}', value);
}

const isSide = (value: unknown): value is number => Number.isInteger(value) && (value as number) > 0;
const sizeOf = (height: number, width: number): Size => (height === width ? height : { height, width });
const bothOf = (stated: Stated): Size => ('shorter' in stated ? stated.shorter : stated.both);

/** Refuses a centre larger than the resized picture: the library Transformers would fill the rest with black. */
function checked(given: Framing): Framing {
  const [inner, outer] = [given.size, given.resize].map((each) =>
    typeof each === 'number' ? [each, each] : [each.height, each.width],
  );
  if (inner?.every((side, axis) => side <= (outer?.[axis] ?? 0))) return given;
  throw invalidConfig('crop_size', `at most the size ${JSON.stringify(given.resize)}`, given.size);
}
