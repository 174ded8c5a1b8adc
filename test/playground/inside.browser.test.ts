import type { Page, Route } from 'playwright-core';
import { expect, it } from 'vitest';
import { describeWithBrowser, startAnew, startBrowser } from '../support/browser/browser.ts';

const verdictOf = (page: Page) => page.locator('.verdict strong').textContent();
const barsOf = (page: Page) => page.locator('.ask .bar-label').allTextContents();
const statusOf = (page: Page) => page.getByRole('status').textContent();

describeWithBrowser('what is behind an answer', () => {
  const browser = startBrowser();

  /** The tasks on the service that the page has created for a kind of input. */
  async function tasksOf(kind: string): Promise<readonly string[]> {
    const response = await fetch(`${browser.server.address}/tasks?limit=100`);
    const { data } = (await response.json()) as { data: { id: string }[] };
    return data.map(({ id }) => id).filter((id) => id.startsWith(`playground-${kind}`));
  }

  it('is told: the report, none of these, and why', async () => {
    const { page, messages } = await browser.open('text');
    await startAnew(page);
    await page.getByRole('button', { name: 'Try an example' }).click();
    await expect.poll(() => verdictOf(page)).toBe('lost card');
    await page.getByText(/about \d of 9 right\. Expect between \d+ and \d+ of 100 to be right\.$/).waitFor();

    await page.getByRole('button', { name: 'Why?' }).click();
    await page.getByRole('heading', { name: 'The examples that mattered most' }).waitFor();
    expect(await page.locator('.words span').allTextContents()).toEqual(['Somebody', 'took', 'my', 'card']);
    await expect.poll(() => page.locator('.why .quote').count()).toBe(3);

    await page
      .getByRole('textbox', { name: 'Type a text to ask about' })
      .fill('Photosynthesis turns light into sugar');
    await page.getByText('This is unlike most of the examples').waitFor();
    await page.getByRole('switch', { name: 'May answer “none of these”' }).check();
    await expect.poll(() => verdictOf(page)).toBe('None of these');
    await page.getByText('It differs from all examples.').waitFor();
    expect(messages).toEqual([]);
  });

  it('is kept: a page that is opened anew has the examples, and can take one back', async () => {
    const { page, messages } = await browser.open('text');
    await startAnew(page);
    await page.getByRole('button', { name: 'Try an example' }).click();
    await expect.poll(() => verdictOf(page)).toBe('lost card');
    await page.reload();
    const stored = page.locator('.label-card', { hasText: 'How much money do I have?' });
    await stored.waitFor();
    await stored.getByRole('button', { name: 'Remove this example' }).first().click();
    await expect.poll(() => statusOf(page)).toContain('Learned from 8 examples');
    expect(messages).toEqual([]);
  });

  it('is kept: examples that could not be fetched are fetched when they are shown again', async () => {
    const { page } = await browser.open('text');
    await startAnew(page);
    await page.getByRole('button', { name: 'Try an example' }).click();
    await expect.poll(() => verdictOf(page)).toBe('lost card');
    await page.route('**/content', (route) => route.abort(), { times: 1 });
    await page.reload();
    await page.getByText('The service still knows this from before.').waitFor();
    await page.waitForLoadState('networkidle');
    await page.getByRole('link', { name: 'Photos' }).click();
    await page.getByRole('link', { name: 'Text' }).click();
    await page.locator('.label-card', { hasText: 'How much money do I have?' }).waitFor();
  });

  it('can be gone back to: an older version answers again', async () => {
    const { page, messages } = await browser.open('text');
    await startAnew(page);
    await page.getByRole('button', { name: 'Try an example' }).click();
    await expect.poll(() => verdictOf(page)).toBe('lost card');
    await page.getByRole('button', { name: 'New label' }).click();
    await page.getByRole('textbox', { name: 'New label' }).fill('stolen');
    await page.getByRole('textbox', { name: 'New label' }).press('Enter');
    await expect.poll(() => barsOf(page)).toContain('stolen');

    await page.getByRole('button', { name: 'Versions' }).click();
    const older = page.locator('.versions li', { hasText: '9 examples' }).first();
    await older.getByRole('button', { name: 'Ask' }).click();
    await page.getByText('An older version answers.').waitFor();
    await expect.poll(() => barsOf(page)).not.toContain('stolen');
    await page.getByRole('button', { name: 'Use the newest' }).click();
    await expect.poll(() => barsOf(page)).toContain('stolen');
    await older.getByRole('button', { name: 'Go back to it' }).click();
    await expect.poll(() => barsOf(page)).not.toContain('stolen');
    await older.getByText('answers now').waitFor();

    // Times of today have no date.
    const times = page.locator('.versions strong');
    expect((await times.allTextContents()).join('\n')).toMatch(/^(\d+:\d\d:\d\d [AP]M\n?)+$/);
    await page.clock.setFixedTime(Date.now() + 3 * 24 * 3600_000);
    await page.getByRole('button', { name: 'Map' }).click();
    await page.getByRole('button', { name: 'Versions' }).click();
    await times.first().waitFor();
    const dated = (await times.allTextContents()).join('\n');
    expect(dated).toMatch(/^(\d+\/\d+\/\d\d, \d+:\d\d:\d\d\s[AP]M\n?)+$/);
    expect(messages).toEqual([]);
  });

  it('says why it could not be gone back to', async () => {
    const { page } = await browser.open('text');
    await startAnew(page);
    await page.getByRole('button', { name: 'Try an example' }).click();
    await expect.poll(() => verdictOf(page)).toBe('lost card');
    await page.locator('.label-card textarea').first().fill('One example more');
    await page.locator('.label-card textarea').first().press('Enter');
    await expect.poll(() => statusOf(page)).toContain('Learned from 10 examples');
    await page.getByRole('button', { name: 'Versions' }).click();
    const older = page.locator('.versions li', { hasText: '9 examples' }).first();
    await page.route('**/activate', (route) => route.abort(), { times: 1 });
    await older.getByRole('button', { name: 'Go back to it' }).click();
    const told = page.locator('.inside').getByRole('alert');
    await told.getByText('The service does not answer').waitFor();
    await older.getByRole('button', { name: 'Go back to it' }).click();
    await older.getByText('answers now').waitFor();
    expect(await told.count()).toBe(0);
  });

  it('differs between packages, which learn the same examples side by side', async () => {
    const { page, messages } = await browser.open('drawing');
    await startAnew(page);
    await page.getByRole('button', { name: 'Try an example' }).click();
    await expect.poll(() => verdictOf(page)).toBe('spiral');
    await page.getByRole('img', { name: /^A map of 9 examples of spiral, gate, bolt/ }).waitFor();
    await page.getByRole('button', { name: 'Packages' }).click();
    await page.getByRole('button', { name: /^Compare \d packages$/ }).click();
    await page.getByRole('heading', { name: 'omniglot-reptile' }).waitFor();
    const chosen = await page.locator('.packages .is-chosen .bar-label').allTextContents();
    expect(chosen.length).toBeGreaterThan(5);
    expect(new Set(chosen)).toEqual(new Set(['spiral']));
    expect((await tasksOf('drawing')).length).toBeGreaterThan(2);

    // Also those of an earlier visit.
    await page.reload();
    await startAnew(page);
    await expect.poll(() => tasksOf('drawing')).toEqual([]);
    expect(messages).toEqual([]);
  });

  it('is forgotten when one starts over while packages still learn', async () => {
    const { page, messages } = await browser.open('drawing');
    await startAnew(page);
    await page.getByRole('button', { name: 'Try an example' }).click();
    await expect.poll(() => verdictOf(page)).toBe('spiral');
    await page.getByRole('button', { name: 'Packages' }).click();
    const held = new Promise<Route>((resolve) => void page.route('**/playground-drawing-*/adapt', resolve));
    await page.getByRole('button', { name: /^Compare \d packages$/ }).click();
    const route = await held;
    await page.getByRole('button', { name: 'Start over' }).click();
    await route.continue();
    await expect.poll(() => tasksOf('drawing')).toEqual([]);
    await page.waitForLoadState('networkidle');
    expect(await tasksOf('drawing')).toEqual([]);
    expect(messages).toEqual([]);
  });
});
