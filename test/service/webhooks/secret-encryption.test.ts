import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { newSecret, seal, unseal } from '../../../src/service/webhooks/secret-encryption.ts';

describe('a new secret', () => {
  it('has a key of 32 random bytes', () => {
    const secret = newSecret(randomBytes);
    expect(Buffer.from(secret.replace(/^whsec_/, ''), 'base64')).toHaveLength(32);
    expect(newSecret(randomBytes)).not.toBe(secret);
  });
});

describe('a sealed secret', () => {
  const key = randomBytes(32);
  const sealed = seal('whsec_abc', 'acme/whk_1', key, randomBytes);

  it('is read with the same key, for the same webhook', () => {
    expect(unseal(sealed, 'acme/whk_1', key)).toBe('whsec_abc');
    expect(sealed).not.toContain('abc');
    expect(seal('whsec_abc', 'acme/whk_1', key, randomBytes)).not.toBe(sealed);
  });

  it('is not read with another key, for another webhook, or after a change', () => {
    expect(unseal(sealed, 'acme/whk_1', randomBytes(32))).toBeNull();
    expect(unseal(sealed, 'acme/whk_2', key)).toBeNull();
    const [version, fingerprint, data = ''] = sealed.split('.');
    const changed = Buffer.from(data, 'base64url');
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    const text = [version, fingerprint, changed.toString('base64url')].join('.');
    expect(unseal(text, 'acme/whk_1', key)).toBeNull();
    for (const broken of ['', '1', `1.${fingerprint}.AAAA`, `2.${fingerprint}.${data}`])
      expect(unseal(broken, 'acme/whk_1', key)).toBeNull();
  });
});
