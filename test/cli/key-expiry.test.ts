import { describe, expect, it } from 'vitest';
import { expiryOf } from '../../src/cli/key-expiry.ts';

const started = Date.UTC(1970, 0, 1);

describe('the expiry of a key', () => {
  const end = (text: string) => expiryOf(text, new Date(started)).toISOString();

  it.each([
    ['1d', '1970-01-02T00:00:00.000Z'],
    ['365d', '1971-01-01T00:00:00.000Z'],
    ['2027-01-31', '2027-01-31T00:00:00.000Z'],
    ['2027-01-31T12:00:00+02:00', '2027-01-31T10:00:00.000Z'],
  ])('%s is %s', (text, expected) => {
    expect(end(text)).toBe(expected);
  });

  it.each([
    '',
    '0d',
    '-1d',
    '1.5d',
    '90',
    '90 d',
    'tomorrow',
    '2027-02-30',
    '2027-13-01',
    '2027-01-31T12:00',
    '31/1/2027',
  ])('is not %j', (text) => {
    expect(() => end(text)).toThrow(expect.objectContaining({ code: 'invalid_request' }));
  });
});
