import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { errorsPage } from '../../src/main/generate/reference/errors-page.ts';
import { formatsPage } from '../../src/main/generate/reference/formats-page.ts';

const page = (name: string) => readFileSync(join(import.meta.dirname, '../../docs', name), 'utf8');

it('every error code is on the page of error codes (npm run reference writes it)', () => {
  expect(page('errors.md')).toBe(errorsPage());
});

it('every member of the manifests is on the page of formats (npm run reference writes it)', () => {
  expect(page('formats.md')).toBe(formatsPage());
});
