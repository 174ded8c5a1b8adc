import { expect, it } from 'vitest';
import { joinWarnings } from '../../src/domain/warning.ts';

it('tells the same warning about the same input once', () => {
  const warning = (code: string, pointer: string) => ({ code, pointer, detail: '' });
  const [short, cut] = [warning('short_audio', '/0'), warning('audio_cut', '/0')];
  const other = warning('short_audio', '/1');
  expect(joinWarnings([short], [short, cut, other])).toEqual([short, cut, other]);
});
