import { describe, expect, it } from 'vitest';
import { preparationFromPreprocessorConfig as read } from '../../../src/encoders/import/preprocessor-config.ts';
import type { ImagePreparation } from '../../../src/package/encoder/preparation.ts';

const FACTOR = 0.00392156862745098;
const clip = {
  image_mean: [0.48145466, 0.4578275, 0.40821073],
  image_std: [0.26862954, 0.26130258, 0.27577711],
};
const imagenet = { image_mean: [0.485, 0.456, 0.406], image_std: [0.229, 0.224, 0.225] };
const half = { image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5] };
const valuesOf = ({ image_mean, image_std }: typeof half) => ({ mean: image_mean, deviation: image_std });
const always = { do_normalize: true, do_resize: true };

/** Files as they lie beside well-known models, and what their processors do. */
const forms: readonly (readonly [string, object, Omit<ImagePreparation, 'kind'>])[] = [
  [
    'CLIP',
    {
      ...always,
      crop_size: { height: 224, width: 224 },
      do_center_crop: true,
      do_convert_rgb: true,
      do_rescale: true,
      ...clip,
      image_processor_type: 'CLIPImageProcessor',
      resample: 3,
      rescale_factor: FACTOR,
      size: { shortest_edge: 224 },
    },
    { size: 224, fit: 'cover', interpolation: 'bicubic', ...valuesOf(clip) },
  ],
  [
    'CLIP, in the old form',
    {
      ...always,
      crop_size: 224,
      do_center_crop: true,
      feature_extractor_type: 'CLIPFeatureExtractor',
      ...clip,
      resample: 3,
      size: 224,
    },
    { size: 224, fit: 'cover', interpolation: 'bicubic', ...valuesOf(clip) },
  ],
  [
    'ViT, in the old form',
    { ...always, ...half, size: 224 },
    { size: 224, fit: 'fill', interpolation: 'bilinear', ...valuesOf(half) },
  ],
  [
    'SigLIP',
    {
      ...always,
      do_rescale: true,
      ...half,
      image_processor_type: 'SiglipImageProcessor',
      processor_class: 'SiglipProcessor',
      resample: 3,
      rescale_factor: FACTOR,
      size: { height: 384, width: 384 },
    },
    { size: 384, fit: 'fill', interpolation: 'bicubic', ...valuesOf(half) },
  ],
  [
    'DINOv2',
    {
      ...always,
      crop_size: { height: 224, width: 224 },
      do_center_crop: true,
      do_convert_rgb: true,
      do_rescale: true,
      ...imagenet,
      image_processor_type: 'BitImageProcessor',
      resample: 3,
      rescale_factor: FACTOR,
      size: { shortest_edge: 256 },
    },
    { size: 224, resize: 256, fit: 'cover', interpolation: 'bicubic', ...valuesOf(imagenet) },
  ],
  [
    'DeiT',
    {
      ...always,
      crop_size: 224,
      do_center_crop: true,
      feature_extractor_type: 'DeiTFeatureExtractor',
      ...imagenet,
      resample: 3,
      size: 256,
    },
    { size: 224, resize: 256, fit: 'fill', interpolation: 'bicubic', ...valuesOf(imagenet) },
  ],
  [
    'ConvNeXt and ResNet',
    {
      ...always,
      crop_pct: 0.875,
      feature_extractor_type: 'ConvNextFeatureExtractor',
      ...imagenet,
      resample: 3,
      size: 224,
    },
    { size: 224, resize: 256, fit: 'cover', interpolation: 'bicubic', ...valuesOf(imagenet) },
  ],
  [
    'ConvNeXt without a share',
    {
      ...always,
      do_rescale: true,
      ...imagenet,
      image_processor_type: 'ConvNextImageProcessor',
      resample: 2,
      size: { shortest_edge: 224 },
    },
    { size: 224, resize: 256, fit: 'cover', interpolation: 'bilinear', ...valuesOf(imagenet) },
  ],
  [
    'ConvNeXt of 384 pixels',
    {
      ...always,
      crop_pct: 0.875,
      image_processor_type: 'ConvNextImageProcessorFast',
      ...imagenet,
      resample: 3,
      size: { shortest_edge: 384 },
    },
    { size: 384, fit: 'fill', interpolation: 'bicubic', ...valuesOf(imagenet) },
  ],
  [
    'MobileNetV2',
    {
      ...always,
      crop_size: { height: 224, width: 224 },
      do_center_crop: true,
      do_rescale: true,
      ...half,
      image_processor_type: 'MobileNetV2ImageProcessor',
      resample: 2,
      rescale_factor: FACTOR,
      size: { shortest_edge: 256 },
    },
    { size: 224, resize: 256, fit: 'cover', interpolation: 'bilinear', ...valuesOf(half) },
  ],
  [
    'MobileViT',
    {
      crop_size: 256,
      do_center_crop: true,
      do_flip_channel_order: true,
      do_resize: true,
      feature_extractor_type: 'MobileViTFeatureExtractor',
      resample: 2,
      size: 288,
    },
    {
      size: 256,
      resize: 288,
      fit: 'cover',
      interpolation: 'bilinear',
      channels: 'bgr',
      mean: [0, 0, 0],
      deviation: [1, 1, 1],
    },
  ],
  [
    'EfficientNet, which divides by the deviation twice',
    {
      ...always,
      crop_size: { height: 289, width: 289 },
      do_center_crop: false,
      do_rescale: true,
      image_mean: imagenet.image_mean,
      image_processor_type: 'EfficientNetImageProcessor',
      image_std: [0.5, 0.25, 0.5],
      include_top: true,
      resample: 0,
      rescale_factor: FACTOR,
      rescale_offset: false,
      size: { height: 224, width: 224 },
    },
    {
      size: 224,
      fit: 'fill',
      interpolation: 'nearest',
      mean: imagenet.image_mean,
      deviation: [0.25, 0.0625, 0.25],
    },
  ],
  [
    'values from −1 to 1 by a factor and an offset',
    {
      do_resize: true,
      do_normalize: false,
      rescale_factor: 2 / 255,
      rescale_offset: true,
      size: [64, 96],
      resample: 'bilinear',
    },
    {
      size: { height: 64, width: 96 },
      fit: 'fill',
      interpolation: 'bilinear',
      mean: [0.5, 0.5, 0.5],
      deviation: [0.5, 0.5, 0.5],
    },
  ],
  [
    'bytes that are normalised without a rescaling',
    {
      ...always,
      do_rescale: false,
      image_mean: [123.675, 116.28, 103.53],
      image_std: [58.395, 57.12, 57.375],
      size: { height: 32, width: 32 },
    },
    {
      size: 32,
      fit: 'fill',
      interpolation: 'bilinear',
      range: 255,
      mean: [123.675, 116.28, 103.53],
      deviation: [58.395, 57.12, 57.375],
    },
  ],
  [
    'LeViT',
    {
      ...always,
      do_center_crop: true,
      feature_extractor_type: 'LevitFeatureExtractor',
      ...imagenet,
      resample: 3,
      size: 224,
    },
    { size: 224, resize: 256, fit: 'cover', interpolation: 'bicubic', ...valuesOf(imagenet) },
  ],
  [
    'PoolFormer',
    {
      ...always,
      crop_pct: 0.9,
      crop_size: 224,
      do_center_crop: true,
      feature_extractor_type: 'PoolFormerFeatureExtractor',
      ...imagenet,
      resample: 3,
      size: 224,
    },
    { size: 224, resize: 248, fit: 'cover', interpolation: 'bicubic', ...valuesOf(imagenet) },
  ],
];

describe('a preprocessor_config.json', () => {
  it.each(forms)('of %s', (_, config, expected) => {
    const got = read(config as never);
    const close = (numbers: readonly number[]) => numbers.map((each) => expect.closeTo(each, 9));
    expect(got).toEqual({
      kind: 'image',
      ...expected,
      mean: close(expected.mean),
      deviation: close(expected.deviation),
    });
  });

  it('of a network of one channel has one mean', () => {
    const gray = { ...always, size: { height: 28, width: 28 } };
    const expected = { channels: 'gray', mean: [expect.closeTo(0.2)], deviation: [expect.closeTo(0.5)] };
    expect(read({ ...gray, image_mean: [0.1, 0.2, 0.3], image_std: [0.5] }, 1)).toMatchObject(expected);
    expect(read({ ...gray, image_mean: 0.2, image_std: 0.5 }, 1)).toMatchObject(expected);
  });

  const plain = { ...always, ...half, size: { height: 8, width: 8 } };
  it.each([
    ['padding', { do_pad: true }, '/do_pad', /no such step/],
    ['no resizing', { do_resize: false }, '/do_resize', /encoders read one size, got false/],
    ['no size', { size: undefined }, '/size', /\{shortest_edge\}, got nothing/],
    [
      'a size that depends on the picture',
      { size: { shortest_edge: 800, longest_edge: 1333 } },
      '/size',
      /got \{"shortest_edge":800/,
    ],
    ['a shorter side without a centre', { size: { shortest_edge: 8 } }, '/size', /or do_center_crop/],
    [
      'a centre that is larger than the picture',
      { do_center_crop: true, crop_size: 9 },
      '/crop_size',
      /at most the size 8, got 9/,
    ],
    ['another filter', { resample: 4 }, '/resample', /got 4/],
    ['two means', { image_mean: [0.5, 0.5] }, '/image_mean', /3 numbers, got \[0.5,0.5\]/],
    ['no mean', { image_mean: undefined }, '/image_mean', /got nothing/],
    ['a deviation of 0', { image_std: [0, 1, 1] }, '/image_std', /above 0, got 0/],
    ['a factor that is a text', { rescale_factor: '1/255' }, '/rescale_factor', /got "1\/255"/],
    [
      'a share above 1',
      { image_processor_type: 'ConvNextImageProcessor', size: 8, crop_pct: 2 },
      '/crop_pct',
      /got 2/,
    ],
  ])('with %s is refused, and the member is named', (_, change, pointer, message) => {
    expect(() => read({ ...plain, ...change })).toThrow(
      expect.objectContaining({
        code: 'invalid_package',
        message: expect.stringMatching(message),
        details: expect.objectContaining({ pointer }),
      }),
    );
  });
});
