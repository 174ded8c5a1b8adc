import { signal } from '@preact/signals';

const NAME = 'innerloop-key';

/** The key of this tab, or null. It is kept until the tab is closed, and is never written anywhere else. */
export const key = signal<string | null>(sessionStorage.getItem(NAME));

/** Whether the page asks for a key now, and whether the last one was refused. */
export const asking = signal<{ readonly refused: boolean } | null>(null);

const waiting = new Set<(given: boolean) => void>();

export function setKey(value: string | null): void {
  key.value = value;
  if (value === null) sessionStorage.removeItem(NAME);
  else sessionStorage.setItem(NAME, value);
}

/** Asks for a key. Resolves with whether one was given. */
export function askForKey(refused: boolean): Promise<boolean> {
  asking.value = { refused };
  return new Promise((resolve) => waiting.add(resolve));
}

/** Closes the dialog: with a key, or with null if the user gives none. `forget` removes the stored key. */
export function answerKey(value: string | null, forget = false): void {
  if (value !== null || forget) setKey(value);
  asking.value = null;
  for (const resolve of waiting) resolve(value !== null);
  waiting.clear();
}
