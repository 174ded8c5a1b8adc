/** A secret that signs messages. */
export interface WebhookSecret {
  /** Encrypted. */
  readonly sealed: string;
  /** Set when another secret has replaced it. Until then messages are signed with both. */
  readonly expiresAt: string | null;
}

/** How long a replaced secret still signs. */
const OVERLAP_MS = 24 * 3_600_000;

/** The secrets with a new first one. The former first one signs for another day; older ones no longer sign. */
export function rotateSecrets(
  secrets: readonly WebhookSecret[],
  sealed: string,
  now: Date,
): readonly WebhookSecret[] {
  const expiresAt = new Date(now.getTime() + OVERLAP_MS).toISOString();
  const former = secrets.slice(0, 1).map((each) => ({ ...each, expiresAt }));
  return [{ sealed, expiresAt: null }, ...former];
}

/** The secrets that sign a message at `now`. */
export function signingSecrets(secrets: readonly WebhookSecret[], now: Date): readonly WebhookSecret[] {
  return secrets.filter(({ expiresAt }) => expiresAt === null || Date.parse(expiresAt) > now.getTime());
}
