/**
 * Records the page at `/` in a real browser and writes `docs/images/playground.webp`: a few seconds in which it learns texts,
 * then signs, and is asked.
 *
 *     npm run pictures     needs /usr/bin/chromium, or another browser of its family at the path TEST_CHROMIUM
 */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import sharp from 'sharp';
import { startServerProcess } from '../../test/support/servers/server-process.ts';
import { recordDrawings, recordTexts, type Take } from './scenes.ts';

const SIZE = { width: 1080, height: 800 };
const SHOWN_WIDTH = 760;
const MOST_BYTES = 400_000;

const target = new URL('../../docs/images/playground.webp', import.meta.url);
const data = await mkdtemp(join(tmpdir(), 'innerloop-pictures-'));
const server = await startServerProcess({ DATA_DIR: data });
const browser = await chromium.launch({
  executablePath: process.env.TEST_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
try {
  const page = await browser.newPage({ viewport: SIZE, locale: 'en-US', colorScheme: 'light' });
  const frames: { readonly picture: Buffer; readonly ms: number }[] = [];
  const take: Take = async (ms) => {
    const shot = await page.screenshot({ animations: 'disabled', caret: 'hide' });
    frames.push({ picture: await sharp(shot).resize(SHOWN_WIDTH).png().toBuffer(), ms });
  };
  await recordTexts(page, server.address, take);
  await recordDrawings(page, server.address, take);
  const film = await sharp(
    frames.map(({ picture }) => picture),
    { join: { animated: true } },
  )
    .webp({ quality: 80, effort: 6, minSize: true, delay: frames.map(({ ms }) => ms), loop: 0 })
    .toBuffer();
  if (film.length > MOST_BYTES)
    throw new RangeError(`Expected at most ${MOST_BYTES} bytes, got ${film.length}`);
  await writeFile(target, film);
  console.log(`${frames.length} frames, ${Math.round(film.length / 1000)} kB`);
} finally {
  await browser.close();
  await server.stop('SIGTERM');
  await rm(data, { recursive: true, force: true });
}
