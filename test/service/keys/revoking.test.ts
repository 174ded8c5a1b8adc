import { expect, it } from 'vitest';
import { openKeys } from './open-keys.ts';

it('revoking answers the key, and refuses an unknown one', async () => {
  const { keys } = openKeys();
  const { key } = await keys.issue('acme');
  expect(await keys.revoke(key.id)).toEqual({ ...key, revokedAt: '2026-01-01T12:00:30.000Z' });
  await expect(keys.revoke('nope')).rejects.toMatchObject({ code: 'not_found' });
});

it('revoking accepts a whole key', async () => {
  const { keys } = openKeys();
  const { key, token } = await keys.issue('acme');
  expect(await keys.revoke(token)).toMatchObject({ id: key.id, revokedAt: '2026-01-01T12:00:30.000Z' });
});

it('revoking repeats no part of a secret that it does not know', async () => {
  const { keys } = openKeys();
  const { token } = await openKeys().keys.issue('acme');
  const secret = token.slice(-43);
  for (const text of [token, `Bearer ${token}`, `${token}\n`, token.slice(0, -1), secret]) {
    const message = expect.not.stringContaining(secret.slice(0, 8));
    await expect(keys.revoke(text)).rejects.toMatchObject({ code: 'not_found', message });
  }
});
