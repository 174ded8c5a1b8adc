import { expect, it } from 'vitest';
import { run } from '../../unit-context.ts';

const photos = {
  name: 'photos',
  version: '1.0.0',
  status: 'ready',
  description: 'Reads photos. Of anything.',
  algorithm: 'prototypes',
  task: 'classification',
  metrics: [],
};

it.each([
  [{}, 'State: ready'],
  [
    { status: 'encoder_missing', command: 'npm run encoders' },
    'State: needs an encoder. To get it: npm run encoders',
  ],
  [{ status: 'encoder_missing' }, 'State: needs an encoder'],
])('of one package, the state is printed: %j', async (change, line) => {
  const fetch = () => Promise.resolve(Response.json({ ...photos, ...change }));
  expect(await run(['models', 'photos'], { fetch })).toEqual({
    code: 0,
    stdout: `photos 1.0.0: prototypes, for classification\nReads photos. Of anything.\n${line}\n`,
    stderr: '',
  });
});
