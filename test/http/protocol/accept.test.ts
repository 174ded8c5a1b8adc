import { expect, it } from 'vitest';
import { prefersCsv } from '../../../src/http/protocol/accept.ts';

it.each<[string | undefined, boolean]>([
  [undefined, false],
  ['', false],
  ['*/*', false],
  ['application/json', false],
  ['text/csv', true],
  ['text/*', true],
  ['text/csv, */*', true],
  ['*/*, text/csv', true],
  ['text/csv;q=0.5, */*;q=0.5', true],
  ['text/csv, application/*', true],
  ['text/csv;q=0.5, */*', false],
  ['text/csv;q=0, */*;q=0', false],
  ['text/csv, application/json', false],
  ['text/csv, application/json, */*', false],
  ['text/csv, application/json;q=0.9', true],
  ['application/json, */*', false],
])('of Accept: %s, CSV is preferred: %s', (accept, expected) => {
  expect(prefersCsv(accept)).toBe(expected);
});
