import { describe, expect, it } from 'vitest';
import { rotateSecrets, signingSecrets } from '../../../src/domain/webhooks/secrets.ts';

describe('the secrets of a webhook', () => {
  const now = new Date('2026-07-30T12:00:00.000Z');

  it('sign for a day after they were replaced, and the one before no longer', () => {
    const first = [{ sealed: 'first', expiresAt: null }];
    const rotated = rotateSecrets(rotateSecrets(first, 'second', now), 'third', now);
    const sealed = (ms: number) =>
      signingSecrets(rotated, new Date(now.getTime() + ms)).map((each) => each.sealed);
    expect(sealed(0)).toEqual(['third', 'second']);
    expect(sealed(86_399_999)).toEqual(['third', 'second']);
    expect(sealed(86_400_000)).toEqual(['third']);
  });
});
