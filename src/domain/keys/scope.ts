/**
 * What a key may do. Each scope includes the scopes before it:
 * - `predict`: ask for predictions; read packages, tasks and adaptations, which contain no examples;
 * - `feedback`: say which predictions were wrong, and read what to label next;
 * - `teach`: change what a task learns, and read its examples;
 * - `admin`: all other calls: delete tasks and the tenant, and create webhooks, which send its data elsewhere.
 */
export const SCOPES = ['predict', 'feedback', 'teach', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

/** The scopes of keys that were stored without any: versions before 0.3 had no scopes, and each key could do everything. */
export const ALL_SCOPES: readonly Scope[] = Object.freeze(['admin']);

/** Whether a key with the scopes `held` may do what needs the scope `needed`. */
export function hasScope(held: readonly Scope[], needed: Scope): boolean {
  return held.some((scope) => SCOPES.indexOf(scope) >= SCOPES.indexOf(needed));
}

export function isScope(text: string): text is Scope {
  return (SCOPES as readonly string[]).includes(text);
}
