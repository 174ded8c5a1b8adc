import { describe, expect, it } from 'vitest';
import { preparationFromPreprocessorConfig as read } from '../../../../src/encoders/import/preparation/preprocessor-config.ts';

import { always, half } from './members.ts';
import { forms } from './processors.ts';

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
    [
      'a size that no memory holds',
      { size: { height: 1e9, width: 1e9 } },
      '/size',
      /at most 8192 pixels, got 1000000000/,
    ],
    [
      'a centre of a picture that no memory holds',
      { do_center_crop: true, crop_size: 8, size: 8, crop_pct: 1e-300 },
      '/size',
      /at most 8192 pixels/,
    ],
    [
      'a factor that makes means infinite',
      { rescale_factor: 1e-320 },
      '/rescale_factor',
      /means and deviations/,
    ],
    ['a deviation of almost 0', { image_std: 1e-200 }, '/rescale_factor', /means and deviations/],
    [
      'a size that is nested a million times',
      { size: JSON.parse(`${'['.repeat(1e6)}${']'.repeat(1e6)}`) },
      '/size',
      /got a value that is nested too deep/,
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
