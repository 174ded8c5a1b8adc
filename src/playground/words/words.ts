import { signal } from '@preact/signals';
import { en, type Words } from './en.ts';
import { zh } from './zh.ts';

export type LanguageName = 'en' | 'zh';

export const language = signal<LanguageName>('en');

const WORDS: Readonly<Record<LanguageName, Words>> = { en, zh };

/** The texts in the language of the page. A component that reads them is drawn again when the language changes. */
export const t = (): Words => WORDS[language.value];

/** A time of today without the date, another time with its date. A `medium` time has seconds, a `short` one has none. */
export function timeOf(iso: string, timeStyle: 'short' | 'medium' = 'short'): string {
  const date = new Date(iso);
  const isToday = date.toDateString() === new Date().toDateString();
  return new Intl.DateTimeFormat(language.value, {
    ...(!isToday && { dateStyle: 'short' }),
    timeStyle,
  }).format(date);
}
