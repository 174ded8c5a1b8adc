import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { textContent } from '../../../src/domain/content.ts';
import { factsOf, rangeOf } from '../../../src/domain/drift/facts.ts';
import { languageOf } from '../../../src/domain/drift/language.ts';

describe('the language of a text', () => {
  it.each([
    ['How do I reset my password?', 'English'],
    ['Wie kann ich mein Passwort ändern?', 'German'],
    ['Comment puis-je changer mon mot de passe ?', 'French'],
    ['¿Cómo puedo cambiar mi contraseña?', 'Spanish'],
    ['Como posso mudar a minha senha?', 'Portuguese'],
    ['Come posso cambiare la mia password?', 'Italian'],
    ['Hoe kan ik mijn wachtwoord wijzigen?', 'Dutch'],
    ['Как мне сменить пароль?', 'Cyrillic'],
    ['كيف يمكنني تغيير كلمة المرور؟', 'Arabic'],
    ['パスワードをどうすれば変更できますか', 'Hiragana'],
    ['我怎样才能更改密码', 'Han'],
    ['Passwort', 'Latin'],
    ['12345 !?', 'none'],
    ['', 'none'],
  ])('%s: %s', (text, language) => expect(languageOf(text)).toBe(language));
});

describe('the pixels of a picture', () => {
  const pixelsOf = (bytes: Uint8Array) => factsOf({ kind: 'image', bytes }, []).pixels;
  const picture = sharp({ create: { width: 30, height: 20, channels: 3, background: '#123456' } });

  it.each(['png', 'jpeg', 'webp'] as const)('are in the header of a %s', async (format) => {
    expect(pixelsOf(await picture.clone().toFormat(format).toBuffer())).toBe(600);
  });

  it('are in the headers of all kinds of WebP', async () => {
    expect(pixelsOf(await picture.clone().webp({ lossless: true }).toBuffer())).toBe(600);
    expect(pixelsOf(await picture.clone().ensureAlpha(0.5).webp().toBuffer())).toBe(600);
  });

  it.each([
    [new Uint8Array()],
    [new Uint8Array(40)],
    [Uint8Array.from([0xff, 0xd8, ...new Array(60).fill(0xff)])],
  ])('are unknown of other and broken files', (file) => expect(pixelsOf(file)).toBeUndefined());
});

describe('facts', () => {
  const row = (value: object) => ({ kind: 'row', bytes: Buffer.from(JSON.stringify(value)) }) as const;

  it('are plain properties of each kind of content', () => {
    expect(factsOf(textContent('Where is the card?'), [])).toEqual({
      characters: 18,
      language: 'English',
      blank: 'not blank',
    });
    expect(factsOf(row({ a: 1, b: null, c: '' }), [])).toMatchObject({ missingCells: 2 });
    expect(factsOf({ kind: 'audio', bytes: new Uint8Array(9) }, [])).toMatchObject({ bytes: 9 });
  });

  it('say when an input shows nothing', () => {
    const warnings = [{ code: 'empty_text', pointer: '', detail: '' }];
    expect(factsOf(textContent(''), warnings)).toMatchObject({ blank: 'blank' });
  });

  it('of numbers are their range', () => {
    expect(rangeOf(Float32Array.of(1, -2, 4))).toEqual({ lowest: -2, highest: 4, mean: 1 });
    expect(rangeOf(new Float32Array())).toEqual({});
  });
});
