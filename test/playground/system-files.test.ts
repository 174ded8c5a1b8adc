import { expect, it } from 'vitest';
import { isSystemFile } from '../../src/files/system-files.ts';
import { isSystemFile as isSystemFileOnPage } from '../../src/playground/media/system-files.ts';

it.each([
  ['cat/1.jpg', false],
  ['cat/thumbs.jpg', false],
  ['desktop.ini.txt', false],
  ['MACOSX/a.txt', false],
  ['cat/.DS_Store', true],
  ['.git/config', true],
  ['__MACOSX/cat/1.jpg', true],
  ['cat/Thumbs.db', true],
  ['Desktop.ini', true],
] as const)('the page, the command line and the service agree about %s: %s', (path, expected) => {
  expect([isSystemFile(path), isSystemFileOnPage(path)]).toEqual([expected, expected]);
});
