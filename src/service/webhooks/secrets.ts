import { createCipheriv, createDecipheriv, createHash, createHmac } from 'node:crypto';

/** As in the Standard Webhooks specification: `whsec_` and base64 of 24 to 64 bytes. */
const PREFIX = 'whsec_';
const SECRET_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

type RandomBytes = (size: number) => Buffer;

export function newSecret(randomBytes: RandomBytes): string {
  return PREFIX + randomBytes(SECRET_BYTES).toString('base64');
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

/**
 * The headers of a message, signed with each secret. `timestamp` is the time of the attempt, in seconds since 1970.
 *
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function signedHeaders(
  id: string,
  timestamp: number,
  body: string,
  secrets: readonly string[],
): Readonly<Record<string, string>> {
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  });
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatures.join(' '),
  };
}
