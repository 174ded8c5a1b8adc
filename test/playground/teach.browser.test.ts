import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { describeWithBrowser, draw, drop, startAnew, startBrowser } from '../support/browser/browser.ts';

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));

/** A cross and a square as a hand would draw them; `shift` makes them differ. */
const cross = (shift: number): [number, number][][] => [
  [
    [0.2 + shift, 0.2],
    [0.8, 0.8 - shift],
  ],
  [
    [0.8, 0.2 + shift],
    [0.2 + shift, 0.8],
  ],
];
const square = (shift: number): [number, number][][] => [
  [
    [0.2 + shift, 0.25],
    [0.8, 0.25 + shift],
    [0.78, 0.8],
    [0.2, 0.8 - shift],
    [0.2 + shift, 0.25],
  ],
];

describeWithBrowser('the page', () => {
  const browser = startBrowser();

  it('learns signs that are drawn, and answers while another is drawn', async () => {
    const { page, messages } = await browser.open('drawing');
    await startAnew(page);
    await page.getByRole('button', { name: 'Use my own' }).click();
    const names = page.getByRole('textbox', { name: 'Name of the label' });
    await names.nth(0).fill('cross');
    await names.nth(0).press('Enter');
    await names.nth(1).fill('square');
    await names.nth(1).press('Enter');
    for (const shift of [0, 0.05]) {
      await draw(page, 'A place to draw cross', cross(shift));
      await page.getByRole('button', { name: 'Add', exact: true }).nth(0).click();
      await draw(page, 'A place to draw square', square(shift));
      await page.getByRole('button', { name: 'Add', exact: true }).nth(1).click();
    }
    await expect.poll(() => page.getByRole('status').textContent()).toContain('Learned from 4 examples');
    const verdict = page.locator('.verdict strong');
    await draw(page, 'A place to draw what you ask about', square(0.08));
    await expect.poll(() => verdict.textContent()).toBe('square');
    await page.locator('.ask').getByRole('button', { name: 'Clear' }).click();
    await page.getByText('Ask about something').waitFor();
    await draw(page, 'A place to draw what you ask about', cross(0.08));
    await expect.poll(() => verdict.textContent()).toBe('cross');
    expect(messages).toEqual([]);
  });

  it('learns texts that are typed and pasted, and a correction teaches it', async () => {
    const { page, messages } = await browser.open('text');
    await startAnew(page);
    await page.getByRole('button', { name: 'Use my own' }).click();
    const field = page.getByRole('textbox', { name: 'Texts for Label 1' });
    await field.fill('lost card\tI lost my card\nlost card\tMy card is gone\nbalance\tHow much do I have?');
    await field.press('Enter');
    const balance = page.getByRole('textbox', { name: 'Texts for balance' });
    await balance.fill('Show my balance');
    await balance.press('Enter');
    await expect.poll(() => page.getByRole('status').textContent()).toContain('Learned from 4 examples');

    const question = page.getByRole('textbox', { name: 'Type a text to ask about' });
    const verdict = page.locator('.verdict strong');
    await question.fill('Someone has my card');
    await expect.poll(() => verdict.textContent()).toBe('lost card');

    await question.fill('Please send 20 euros to Ana');
    await page.getByRole('button', { name: 'New label' }).click();
    await page.getByRole('textbox', { name: 'New label' }).fill('transfer');
    await page.getByRole('textbox', { name: 'New label' }).press('Enter');
    await expect.poll(() => page.getByRole('status').textContent()).toContain('Learned from 5 examples');
    await expect.poll(() => verdict.textContent()).toBe('transfer');
    expect(messages).toEqual([]);
  });

  it('learns photos of a camera and of files, and asks about what the camera shows', async () => {
    const { page, messages } = await browser.open('photos');
    await startAnew(page);
    await page.getByRole('button', { name: 'Use my own' }).click();
    const cards = page.locator('.label-card');
    await cards
      .nth(0)
      .locator('input[type=file]')
      .setInputFiles([1, 2].map((n) => fixture(`photos/lemon/${n}.jpg`)));
    await cards.nth(1).getByRole('button', { name: 'Camera' }).click();
    for (const n of [1, 2]) {
      await cards.nth(1).getByRole('button', { name: 'Take' }).click();
      await cards
        .nth(1)
        .getByText(n === 1 ? '1 example' : '2 examples')
        .waitFor();
    }
    await expect.poll(() => page.getByRole('status').textContent()).toContain('Learned from 4 examples');
    await page.getByRole('button', { name: 'Close the camera' }).click();
    const verdict = page.locator('.verdict strong');
    await page.locator('.ask').getByRole('button', { name: 'Camera' }).click();
    await expect.poll(() => verdict.textContent()).toBe('Label 2');
    await page.getByRole('button', { name: 'Close the camera' }).click();
    await page.locator('.ask input[type=file]').setInputFiles(fixture('photos/lemon/3.jpg'));
    await expect.poll(() => verdict.textContent()).toBe('Label 1');
    expect(messages).toEqual([]);
  });

  it('learns folders of photos that are dropped: their names are the labels', async () => {
    const { page, messages } = await browser.open('photos');
    await startAnew(page);
    await drop(page, page.locator('.empty'), [fixture('photos/lemon'), fixture('photos/ginger')]);
    await expect.poll(() => page.getByRole('status').textContent()).toContain('Learned from 10 examples');
    const names = page.getByRole('textbox', { name: 'Name of the label' });
    expect(
      await names.evaluateAll((each) =>
        each.map((name) => (name as unknown as { value: string }).value).sort(),
      ),
    ).toEqual(['ginger', 'lemon']);
    await drop(page, page.locator('.photo-question'), [fixture('photos/avocado/1.jpg')]);
    await page.locator('.verdict').waitFor();
    expect(messages).toEqual([]);
  });

  it('learns a folder whose own name is hidden, chosen or dropped, without the hidden files in it', async () => {
    const parent = await mkdtemp(join(tmpdir(), 'innerloop-folder-'));
    onTestFinished(() => rm(parent, { recursive: true }));
    const folder = join(parent, '.photos');
    for (const label of ['lemon', 'ginger'])
      await cp(fixture(`photos/${label}`), join(folder, label), { recursive: true });
    await cp(fixture('photos/lemon'), join(folder, '.thumbnails'), { recursive: true });
    const { page, messages } = await browser.open('photos');
    const learned = () => page.getByRole('status').textContent();
    await startAnew(page);
    await page.locator('input[webkitdirectory]').setInputFiles(folder);
    await expect.poll(learned).toContain('Learned from 10 examples');
    await startAnew(page);
    await drop(page, page.locator('.empty'), [folder]);
    await expect.poll(learned).toContain('Learned from 10 examples');
    expect(messages).toEqual([]);
  });

  it('learns a table, and answers as a row is typed', async () => {
    const { page, messages } = await browser.open('table');
    await startAnew(page);
    await drop(page, page.locator('.empty'), [fixture('tables/customers.csv')]);
    await expect.poll(() => page.getByRole('status').textContent()).toContain('Learned from 12 examples');
    const verdict = page.locator('.verdict strong');
    await expect.poll(() => verdict.textContent()).toBe('no');
    await page.getByRole('textbox', { name: 'plan' }).fill('pro');
    await page.getByRole('textbox', { name: 'price' }).fill('25');
    await page.getByRole('textbox', { name: 'logins per week' }).fill('15');
    await page.getByRole('textbox', { name: 'support calls' }).fill('0');
    await expect.poll(() => verdict.textContent()).toBe('yes');
    await page.getByRole('combobox', { name: 'Column to predict' }).selectOption('plan');
    await expect.poll(() => verdict.textContent()).toBe('basic');
    expect(messages).toEqual([]);
  });

  it('records words as sounds', async () => {
    const { page, messages } = await browser.open('sound');
    await startAnew(page);
    await page.getByRole('button', { name: 'Try an example' }).click();
    await expect.poll(() => page.locator('.verdict strong').textContent()).toBe('yes');
    const card = page.locator('.label-card').nth(1);
    await card.getByRole('button', { name: 'Record' }).click();
    // Between its beeps, the microphone of the test is silent, but not 0.
    const level = card.locator('progress');
    await expect.poll(async () => Number(await level.getAttribute('value'))).toBeGreaterThan(0.2);
    await card.getByRole('button', { name: 'Stop' }).click();
    await expect.poll(() => page.getByRole('status').textContent()).toContain('Learned from 7 examples');
    await card.getByRole('button', { name: 'Record' }).click();
    // The recording ends by itself.
    await expect.poll(() => page.getByRole('status').textContent()).toContain('Learned from 8 examples');
    expect(messages).toEqual([]);
  });
});
