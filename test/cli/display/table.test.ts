import { expect, it } from 'vitest';
import { formatTable } from '../../../src/cli/display/table.ts';
import { withoutControls } from '../../../src/cli/display/without-controls.ts';

const head = ['label', 'probability'];

it.each([
  ['花', 2],
  ['ひら', 4],
  ['ｶﾅ', 2],
  ['ＡＢ', 4],
  ['한국', 4],
  ['𠮷', 2],
  ['🍋', 2],
  ['👍🏽', 2],
  ['🇯🇵', 2],
  ['❤️', 2],
  ['©', 1],
  ['é', 1],
  ['e\u0301', 1],
  ['lemon', 5],
])('the column after %s begins where it is shown to begin', (label, cells) => {
  const [, line] = formatTable(head, [[label, '97.6 %']]).split('\n');
  expect(line).toBe(`${label}${' '.repeat(Math.max(0, 5 - cells))}  97.6 %`);
});

it('the widest cell, as it is shown, sets the width of its column', () => {
  const table = formatTable(head, [
    ['柠檬的花', '97.6 %'],
    ['lemon', '1.2 %'],
  ]);
  expect(table.split('\n')).toEqual(['label     probability', '柠檬的花  97.6 %', 'lemon     1.2 %']);
});

it('characters that are printed as a replacement take its width', () => {
  const [, line = ''] = withoutControls(formatTable(['job of one', 'share'], [['👩\u200d🌾', '1 %']])).split(
    '\n',
  );
  expect(line).toBe(`👩\ufffd🌾${' '.repeat(5)}  1 %`);
});
