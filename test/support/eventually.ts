import { vi } from 'vitest';

/** Calls `check` until it does not throw, and answers what it returns. Fails after 30 seconds: a busy machine takes long. */
export function eventually<T>(
  check: () => T | Promise<T>,
  options: number | { readonly timeout?: number; readonly interval?: number } = {},
): Promise<T> {
  const given = typeof options === 'number' ? { timeout: options } : options;
  return vi.waitFor(check, { timeout: 30_000, interval: 20, ...given });
}
