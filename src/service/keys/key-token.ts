import { hash } from 'node:crypto';

/** A bearer token `il_<id>_<secret>`. The id is public; the secret has 256 random bits in base64url. */
export interface KeyToken {
  readonly id: string;
  readonly secret: string;
}

const ID_BYTES = 6;
/** Characters of an id. */
export const ID_LENGTH = 2 * ID_BYTES;
const SECRET_BYTES = 32;
const PATTERN = /^il_([0-9a-f]{12})_([A-Za-z0-9_-]{43})$/;

export function newToken(randomBytes: (size: number) => Buffer): KeyToken {
  return {
    id: randomBytes(ID_BYTES).toString('hex'),
    secret: randomBytes(SECRET_BYTES).toString('base64url'),
  };
}

export function formatToken({ id, secret }: KeyToken): string {
  return `il_${id}_${secret}`;
}

/** Null when the text is not a token. */
export function parseToken(text: string): KeyToken | null {
  const [, id, secret] = PATTERN.exec(text) ?? [];
  return id === undefined || secret === undefined ? null : { id, secret };
}

/** SHA-256 in hexadecimal: the form in which a secret is stored. */
export function hashSecret(secret: string): string {
  return hash('sha256', secret, 'hex');
}
