import { expect, it } from 'vitest';
import { en } from '../../src/playground/words/en.ts';
import { timeOf } from '../../src/playground/words/words.ts';
import { zh } from '../../src/playground/words/zh.ts';

/** All texts by their path; functions are called with values that can be told apart. */
function textsOf(words: object, path = ''): [string, string][] {
  return Object.entries(words).flatMap(([name, value]): [string, string][] => {
    const at = `${path}/${name}`;
    if (typeof value === 'string') return [[at, value]];
    if (typeof value !== 'function') return textsOf(value, at);
    const given = Array.from({ length: value.length }, (_, i) => 11 + i);
    // Some functions take texts: numbers print as well.
    return [[at, String(value(...given))]];
  });
}

it('has each text in both languages, with the same values in it', () => {
  const [english, chinese] = [textsOf(en), new Map(textsOf(zh))];
  expect(english.length).toBeGreaterThan(90);
  const valuesIn = (text: string) => [...text.matchAll(/1\d/g)].map(String).sort();
  for (const [at, text] of english) {
    const other = chinese.get(at) ?? '';
    expect({ at, values: valuesIn(other) }).toEqual({ at, values: valuesIn(text) });
    expect({ at, isTranslated: /[\u4e00-\u9fff]/.test(other) || /^(API)$/.test(other) }).toEqual({
      at,
      isTranslated: true,
    });
  }
});

it.each([en, zh])('writes large errors as numbers that people read', ({ rootError, losses }) => {
  expect(rootError(1234)).toContain('1200');
  expect(losses(1_522_756, 0.0123)).toMatch(/1500000.*0\.012/);
});

it('gives times of other days with their date, and with seconds where they are wanted', () => {
  const today = new Date();
  const lastYear = new Date(today.getFullYear() - 1, 2, 4, 9, 41, 7).toISOString();
  today.setHours(9, 41, 7);
  expect(timeOf(today.toISOString())).toMatch(/^9:41\sAM$/);
  expect(timeOf(today.toISOString(), 'medium')).toMatch(/^9:41:07\sAM$/);
  expect(timeOf(lastYear)).toMatch(/^3\/4\/\d\d, 9:41\sAM$/);
  expect(timeOf(lastYear, 'medium')).toMatch(/^3\/4\/\d\d, 9:41:07\sAM$/);
});
