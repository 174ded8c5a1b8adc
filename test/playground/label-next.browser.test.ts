import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { describeWithBrowser, drop, startAnew, startBrowser } from '../support/browser/browser.ts';
import { scratchFolder } from '../support/scratch.ts';

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));

interface Stored {
  readonly id: string;
  readonly source: string;
  readonly label: string | null;
  readonly target: unknown;
}

describeWithBrowser('what to label next, on the page', () => {
  const browser = startBrowser();

  /** What the service has learnt from feedback on a kind of input. */
  async function learnt(kind: string): Promise<readonly Stored[]> {
    const response = await fetch(
      `${browser.server.address}/tasks/playground-${kind}/examples?source=feedback`,
    );
    return ((await response.json()) as { data: Stored[] }).data;
  }

  async function open(view: string) {
    const opened = await browser.open(view);
    await startAnew(opened.page);
    return opened;
  }

  /** Has questions kept, and brings files with two inputs that nobody has labelled. */
  async function bringTo(page: Page, files: readonly string[]) {
    await page.getByRole('button', { name: 'Label next' }).click();
    await page.getByRole('button', { name: 'Keep questions from now on' }).click();
    await page.getByText('There is nothing to label yet.').waitFor();
    await drop(page, page.locator('.bring'), files);
    await page.getByText('2 to go').waitFor();
  }

  it('shows the rows of a table with the names of their columns, and takes labels', async () => {
    const { page, messages } = await open('table');
    await drop(page, page.locator('.empty'), [fixture('tables/customers.csv')]);
    await expect.poll(() => page.locator('.verdict strong').textContent()).toBe('no');
    await bringTo(page, [fixture('tables/new-customers.csv')]);
    const row = page.locator('.queue-look dl');
    const said: Readonly<Record<string, string>> = { family: 'yes', basic: 'no' };
    const given: string[] = [];
    for (const left of ['2 to go', 'The last one']) {
      await page.getByText(left).waitFor();
      await expect
        .poll(() => row.locator('dt').allTextContents())
        .toEqual(['plan', 'price', 'logins per week', 'support calls', 'joined']);
      const plan = (await row.locator('dd').first().textContent()) ?? '';
      given.push(said[plan] ?? '');
      await page
        .locator('.queue')
        .getByRole('button', { name: said[plan] ?? '' })
        .click();
    }
    await page.getByText('All done.').waitFor();
    expect(given.sort()).toEqual(['no', 'yes']);
    const labels = async () => (await learnt('table')).map(({ label }) => label).sort();
    await expect.poll(labels).toEqual(['no', 'yes']);
    expect(messages).toEqual([]);
  });

  it('asks for the right number where a table is learnt by a number', async () => {
    const folder = await scratchFolder();
    const write = async (name: string, lines: readonly string[]) => {
      await writeFile(join(folder, name), lines.join('\n'));
      return join(folder, name);
    };
    const flats = Array.from({ length: 12 }, (_, i) => `${30 + 7 * i},${i % 5},${455.5 + 81 * i}`);
    const { page, messages } = await open('table');
    expect(await page.locator('.empty input[type=file]').getAttribute('accept')).toContain('.tsv');
    const table = await write('flats.csv', ['square metres,floor,rent', ...flats]);
    await drop(page, page.locator('.empty'), [table]);
    await expect.poll(() => page.getByRole('status').textContent()).toContain('Learned from 12');
    await bringTo(page, [await write('new.csv', ['square metres,floor', '41,2', '77,4'])]);
    expect(await page.locator('.queue-number').textContent()).toMatch(/^\d{3,4}(\.\d)?$/);
    await page.keyboard.press('n');
    await page.getByRole('textbox', { name: 'The right number' }).waitFor();
    await page.keyboard.type('612.5');
    await page.keyboard.press('Enter');
    await page.getByText('The last one').waitFor();
    await page.keyboard.press('s');
    await page.getByText('All done.').waitFor();
    await expect.poll(async () => (await learnt('table')).map(({ target }) => target)).toEqual([[612.5]]);
    expect(await page.locator('.bring input[type=file]').getAttribute('accept')).toContain('.tsv');
    expect(messages).toEqual([]);
  });

  it('names the files of a batch that cannot be read', async () => {
    const heic = join(await scratchFolder(), 'phone.heic');
    await writeFile(heic, 'ftypheic');
    const { page, messages } = await open('photos');
    await page.getByRole('button', { name: 'Try an example' }).click();
    await page.locator('.verdict').waitFor();
    await bringTo(page, [fixture('photos/lemon/1.jpg'), heic, fixture('photos/ginger/2.jpg')]);
    const told = page.getByText('Cannot be read: phone.heic. Choose pictures: JPEG, PNG or WebP.');
    await told.waitFor();
    for (const left of ['2 to go', 'The last one']) {
      await page.getByText(left).waitFor();
      await page.keyboard.press('s');
    }
    await page.getByText('All done.').waitFor();
    expect(await told.count()).toBe(1);
    await drop(page, page.locator('.bring'), [fixture('photos/lemon/2.jpg')]);
    await told.waitFor({ state: 'detached' });
    expect(messages).toEqual([]);
  });

  it('plays sounds, and takes labels by their keys', async () => {
    const { page, messages } = await open('sound');
    await page.getByRole('button', { name: 'Try an example' }).click();
    await expect.poll(() => page.locator('.verdict strong').textContent()).toBe('yes');
    await bringTo(page, ['words/no/4.wav', 'words/stop/4.wav'].map(fixture));
    const played = page.waitForEvent('request', (request) => request.url().startsWith('blob:'));
    await page.getByRole('button', { name: 'Play: the sound to label' }).click();
    await played;
    const chip = (label: string) => page.locator('.queue .chip', { hasText: label });
    for (const label of ['no', 'stop']) {
      const key = await chip(label).getAttribute('aria-keyshortcuts');
      await page.keyboard.press(key ?? '');
    }
    await page.getByText('All done.').waitFor();
    const labels = async () => (await learnt('sound')).map(({ label }) => label).sort();
    await expect.poll(labels).toEqual(['no', 'stop']);
    const [{ id = '' } = {}] = await learnt('sound');
    const content = await fetch(`${browser.server.address}/tasks/playground-sound/examples/${id}/content`);
    expect(content.headers.get('content-type')).toBe('audio/wav');
    expect(messages).toEqual([]);
  });
});
