import { join } from 'node:path';
import { expect, it } from 'vitest';
import { answers } from '../../src/http/description/answers.ts';
import { answersOf } from '../../src/main/generate/answers/answers.ts';
import { serve } from '../support/servers/serve.ts';

const TOLERANCE = 0.02;

/** Equal except for numbers, which other processors compute a little differently. */
function expectNear(actual: unknown, expected: unknown, at: string): void {
  if (typeof expected === 'number') {
    expect(Math.abs(Number(actual) - expected), at).toBeLessThan(TOLERANCE * Math.max(1, Math.abs(expected)));
  } else if (typeof expected === 'object' && expected !== null) {
    expect(Object.keys(actual as object), at).toEqual(Object.keys(expected));
    for (const [name, value] of Object.entries(expected))
      expectNear((actual as Readonly<Record<string, unknown>>)[name], value, `${at}/${name}`);
  } else expect(actual, at).toEqual(expected);
}

const wide = {
  MODELS_DIR: join(import.meta.dirname, '../../models'),
  WEBHOOK_NETWORKS: '127.0.0.0/8',
  MAX_QUEUED: '1000',
};

it('the answers in the description are those of the service (npm run answers writes them)', async () => {
  const { address } = await serve(wide);
  expectNear(await answersOf(address), answers, '');
});
