import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';

/** As in the Standard Webhooks specification: `whsec_` and base64 of 24 to 64 bytes. */
export const SECRET_PREFIX = 'whsec_';
const SECRET_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

type RandomBytes = (size: number) => Buffer;

export function newSecret(randomBytes: RandomBytes): string {
  return SECRET_PREFIX + randomBytes(SECRET_BYTES).toString('base64');
}

/**
 * The text, encrypted with AES-256-GCM under `key` (32 bytes): `1.<fingerprint of the key>.<nonce, tag and cipher text>`.
 * It can be opened only with the same `place`, so it is worthless in the record of another webhook.
 */
export function seal(text: string, place: string, key: Buffer, randomBytes: RandomBytes): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(place));
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return `1.${fingerprint(key)}.${Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url')}`;
}

/** Null when it was sealed under another key or for another place, or was changed. */
export function unseal(sealed: string, place: string, key: Buffer): string | null {
  const [version, sealedUnder, data = ''] = sealed.split('.');
  if (version !== '1' || sealedUnder !== fingerprint(key)) return null;
  const bytes = Buffer.from(data, 'base64url');
  const nonce = bytes.subarray(0, NONCE_BYTES);
  const tag = bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
  const text = bytes.subarray(NONCE_BYTES + TAG_BYTES);
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(place)).setAuthTag(tag);
    return decipher.update(text, undefined, 'utf8') + decipher.final('utf8');
  } catch {
    return null;
  }
}

function fingerprint(key: Buffer): string {
  return createHash('sha256').update('innerloop webhook key').update(key).digest('hex').slice(0, 8);
}
