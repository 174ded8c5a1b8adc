import type { Page } from 'playwright-core';

/** Adds a frame to the film, which is shown for this time. */
export type Take = (ms: number) => Promise<void>;

type Point = readonly [number, number];

const learned = (page: Page) => page.getByRole('status').filter({ hasText: 'Learned from' }).waitFor();

/** Three kinds of requests from three texts each, then one that the page has not seen. */
export async function recordTexts(page: Page, address: string, take: Take): Promise<void> {
  await page.goto(`${address}/#text`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await take(1200);
  await page.getByRole('button', { name: 'Try an example' }).click();
  await learned(page);
  await page.locator('.verdict strong', { hasText: 'lost card' }).waitFor();
  await page.waitForLoadState('networkidle');
  await show(page);
  await take(3500);
}

/** The signs of the example, then two that the answer follows while they are drawn. */
export async function recordDrawings(page: Page, address: string, take: Take): Promise<void> {
  await page.goto(`${address}/#drawing`);
  await page.getByRole('button', { name: 'Try an example' }).click();
  await learned(page);
  await page.waitForLoadState('networkidle');
  await show(page);
  await take(1200);
  for (const stroke of GATE) await drawSlowly(page, stroke, 3, take);
  await take(1800);
  await page.locator('.ask').getByRole('button', { name: 'Clear' }).click();
  await drawSlowly(page, SPIRAL, 1, take);
  await take(3000);
}

/** Scrolls so that teaching and asking are both in view. */
async function show(page: Page): Promise<void> {
  await page.locator('.teach').evaluate((part) => part.scrollIntoView({ block: 'start' }));
}

const GATE: readonly (readonly Point[])[] = [
  [
    [0.2, 0.27],
    [0.8, 0.22],
  ],
  [
    [0.32, 0.27],
    [0.28, 0.82],
  ],
  [
    [0.68, 0.24],
    [0.72, 0.82],
  ],
];

/** Two and a half turns from the centre outwards. */
const SPIRAL: readonly Point[] = Array.from({ length: 25 }, (_, i) => {
  const angle = 0.2 * Math.PI * i;
  const radius = 0.05 + 0.013 * i;
  return [0.5 + radius * Math.cos(angle), 0.5 + radius * Math.sin(angle)];
});

/** Draws a line through the points, with this many frames for each part of it. */
async function drawSlowly(page: Page, points: readonly Point[], frames: number, take: Take): Promise<void> {
  const canvas = page.getByRole('img', { name: 'A place to draw what you ask about', exact: true });
  const box = await canvas.boundingBox();
  if (!box) throw new Error('Expected a place to draw');
  const stops = Math.round(frames * (points.length - 1));
  for (let stop = 0; stop <= stops; stop++) {
    const along = (stop / stops) * (points.length - 1);
    const from = points[Math.floor(along)] as Point;
    const to = points[Math.ceil(along)] as Point;
    const share = along % 1;
    const [x, y] = [from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])];
    await page.mouse.move(box.x + x * box.width, box.y + y * box.height, { steps: 4 });
    if (stop === 0) {
      await page.mouse.down();
      continue;
    }
    await page.waitForLoadState('networkidle');
    await take(220);
  }
  await page.mouse.up();
  await page.waitForLoadState('networkidle');
}
