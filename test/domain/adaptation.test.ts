import { expect, it } from 'vitest';
import { ADAPTATION_ID_PATTERN, adaptationId } from '../../src/domain/adaptation.ts';

const identity = {
  tenant: 'acme',
  task: 'runes',
  packageDigest: 'sha256:p',
  settings: { steps: 5, rate: 0.4, seed: 7 },
  supportDigest: 'sha256:s',
};

it('the id depends on all inputs of the result, and on nothing else', () => {
  const changes = [
    {},
    { tenant: 'acme2' },
    { tenant: 'acme","runes', task: '' },
    { task: 'Runes' },
    { packageDigest: 'sha256:q' },
    { settings: { steps: 6, rate: 0.4, seed: 7 } },
    { settings: { steps: 5, rate: 0.5, seed: 7 } },
    { settings: { steps: 5, rate: 0.4, seed: 8 } },
    { supportDigest: 'sha256:t' },
  ];
  const ids = changes.map((change) => adaptationId({ ...identity, ...change }));
  expect(new Set(ids).size).toBe(changes.length);
  expect(adaptationId({ ...identity, settings: { seed: 7, rate: 0.4, steps: 5 } })).toBe(ids[0]);
  for (const id of ids) expect(id).toMatch(new RegExp(ADAPTATION_ID_PATTERN));
});

it('the id does not change between versions, so that old records are found', () => {
  // printf '["acme","runes","sha256:p",5,0.4,7,"sha256:s"]' | sha256sum | cut -c1-32
  expect(adaptationId(identity)).toBe('adp_e1a53645207071c54671e7c8eb9ffff5');
});
