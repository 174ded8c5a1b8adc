import { describe, expect, it } from 'vitest';
import { countNgrams } from '../../../src/adapters/text/ngrams.ts';

const options = { minimum: 3, maximum: 5, buckets: 4096 };
const count = (text: string) => countNgrams(text, options);
const total = (text: string) => count(text).reduce((sum, each) => sum + each, 0);

/** The cosine of the counts of two texts. */
function similarity(a: string, b: string): number {
  const [x, y] = [count(a), count(b)];
  const dot = x.reduce((sum, each, i) => sum + each * (y[i] ?? 0), 0);
  return dot / Math.hypot(...x) / Math.hypot(...y);
}

describe('countNgrams', () => {
  it('counts each word and its n-grams with marks of start and end', () => {
    // <cat>: the word; <ca, cat, at>; <cat, cat>; <cat>.
    expect(total('cat')).toBe(1 + 3 + 2 + 1);
    expect(total('a')).toBe(1 + 1);
    expect(total('cat cat')).toBe(2 * total('cat'));
  });

  it('counts n-grams of 1 to 3 characters in scripts without spaces', () => {
    expect(total('信用卡')).toBe(3 + 2 + 1);
    expect(total('สวัสดี')).toBe(6 + 5 + 4);
  });

  it('separates scripts that touch each other', () => {
    expect(count('iPhone手机')).toEqual(count('手机 iphone'));
  });

  it.each([
    ['case', 'LOST CARD', 'lost card'],
    ['accents', 'naïve café', 'naive cafe'],
    ['composed and decomposed accents', 'caf\u00e9', 'cafe\u0301'],
    ['width', 'ＡＢＣ', 'abc'],
    ['ligatures', 'ﬁne', 'fine'],
    ['vowel signs of Arabic', 'مَرْحَبًا', 'مرحبا'],
    ['punctuation and spaces', 'lost,   card!!', 'lost card'],
  ])('does not see differences of %s', (_, a, b) => {
    expect(count(a)).toEqual(count(b));
  });

  it('keeps vowel signs of Thai and Hindi, which distinguish words', () => {
    expect(count('ปา')).not.toEqual(count('ปี'));
    expect(count('कि')).not.toEqual(count('का'));
  });

  it.each([
    ['我的信用卡丢了', '信用卡不见了', '今天天气怎么样'],
    ['я потерял карту', 'карта потеряна', 'какая сегодня погода'],
    ['บัตรของฉันหาย', 'ทำบัตรหาย', 'วันนี้อากาศเป็นอย่างไร'],
    ['فقدت بطاقتي', 'بطاقتي ضاعت', 'كيف الطقس اليوم'],
    ['카드를 잃어버렸어요', '카드가 없어졌어요', '오늘 날씨 어때요'],
    ['カードをなくしました', 'カードがない', '今日の天気は'],
  ])('finds %s nearer to %s than to %s', (text, near, far) => {
    expect(similarity(text, near)).toBeGreaterThan(similarity(text, far) + 0.1);
  });

  it('counts emoji, and nothing in spaces, signs or lone surrogates', () => {
    expect(total('👍')).toBe(2);
    expect(total(' \n … ?! \ud800 \udc00')).toBe(0);
  });

  it('counts a long text', () => {
    const text = 'word '.repeat(20_000);
    expect(total(text)).toBe(20_000 * total('word'));
  });
});
