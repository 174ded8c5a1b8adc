import { readFile } from 'node:fs/promises';
import openapiTypes, { astToString, COMMENT_HEADER } from 'openapi-typescript';
import { expect, it } from 'vitest';

const file = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');

it('the types of the client are those of the committed description (npm run openapi writes both)', async () => {
  const description = await file('openapi/openapi.json');
  const types = await file('src/client/api.ts');
  expect(types === `${COMMENT_HEADER}${astToString(await openapiTypes(description))}`).toBe(true);
});
