import { effect, signal } from '@preact/signals';
import { language } from '../words/words.ts';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

export const theme = signal<Theme>('system');

/** Reads what this browser has kept, follows it from now on, and keeps what changes. */
export function applyPreferences(): void {
  const kept = localStorage.getItem('innerloop-theme');
  theme.value = THEMES.find((each) => each === kept) ?? 'system';
  effect(() => {
    const root = document.documentElement;
    if (theme.value === 'system') root.removeAttribute('data-theme');
    else root.setAttribute('data-theme', theme.value);
    localStorage.setItem('innerloop-theme', theme.value);
  });

  const chosen = localStorage.getItem('innerloop-language') ?? navigator.language;
  language.value = chosen.startsWith('zh') ? 'zh' : 'en';
  effect(() => {
    document.documentElement.lang = language.value;
    localStorage.setItem('innerloop-language', language.value);
  });
}
