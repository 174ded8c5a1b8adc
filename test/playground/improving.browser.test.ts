import type { Locator, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { audit } from '../support/browser/audit.ts';
import { describeWithBrowser, startBrowser } from '../support/browser/browser.ts';
import { deferred } from '../support/deferred.ts';

const TASK = 'playground-text';
const verdictOf = (page: Page) => page.locator('.verdict strong').textContent();
const lookOf = (page: Page) => page.locator('.queue-look blockquote').textContent();

/** Presses Tab until this button has the focus, and then Enter. */
async function pressByKeyboard(page: Page, name: string): Promise<void> {
  const focused = () => page.evaluate('document.activeElement.textContent');
  for (let tabs = 0; (await focused()) !== name; tabs++) {
    if (tabs > 150) throw new Error(`Expected a button ${name} in the order of the focus`);
    await page.keyboard.press('Tab');
  }
  await page.keyboard.press('Enter');
}

/** Types fast, however busy the machine is. */
const type = (field: Locator, text: string) =>
  field.evaluate((element, whole) => {
    const area = element as unknown as { value: string; dispatchEvent(event: Event): boolean };
    for (let n = 1; n <= whole.length; n++) {
      area.value = whole.slice(0, n);
      area.dispatchEvent(new Event('input', { bubbles: true }));
    }
  }, text);

describeWithBrowser('a task in use, on the page', () => {
  const browser = startBrowser();

  async function call<Answer>(method: string, path: string, body?: object): Promise<Answer> {
    const response = await fetch(`${browser.server.address}/tasks/${TASK}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    expect(response.status).toBeLessThan(300);
    return (await response.json()) as Answer;
  }
  const ask = (inputs: readonly string[]) => call('POST', '/predict', { inputs });
  /** The page with the example of texts, taught anew. */
  async function taught(options = {}) {
    await fetch(`${browser.server.address}/tasks/${TASK}`, { method: 'DELETE' });
    const opened = await browser.open('text', options);
    await opened.page.locator('main .primary').first().click();
    await expect.poll(() => verdictOf(opened.page)).toBe('lost card');
    return opened;
  }
  const labels = async () => {
    const { data } = await call<{ data: { source: string; label: string }[] }>('GET', '/examples?limit=100');
    return data.filter(({ source }) => source === 'feedback').map(({ label }) => label);
  };

  it('is corrected by keyboard alone: keys label, skip and undo', async () => {
    const { page, messages } = await taught();
    await pressByKeyboard(page, 'Label next');
    await pressByKeyboard(page, 'Keep questions from now on');
    await page.getByText('There is nothing to label yet.').waitFor();
    await ask(['Somebody has my card', 'Are you open on Sunday?', 'Pay the rent', 'Is there money left?']);
    await pressByKeyboard(page, 'Look again');
    const first = await lookOf(page);

    await page.keyboard.press('2');
    await expect.poll(() => lookOf(page)).not.toBe(first);
    await page.keyboard.press('u');
    await expect.poll(() => lookOf(page)).toBe(first);
    await page.keyboard.press('s');
    await expect.poll(() => lookOf(page)).not.toBe(first);
    expect(await labels()).toEqual([]);

    await page.keyboard.press('n');
    await page.keyboard.type('something new');
    await page.keyboard.press('Enter');
    await page.keyboard.press('1');
    await page.keyboard.press('4');
    await page.getByText('All done.').waitFor();
    await expect.poll(labels).toEqual(['something new', 'balance', 'something new']);
    await expect.poll(() => page.locator('.ask .bar-label').allTextContents()).toContain('something new');

    // An answer that was sent is replaced, not added.
    await page.keyboard.press('u');
    await page.getByText('You have called it “something new”').waitFor();
    await page.keyboard.press('3');
    await expect.poll(labels).toEqual(['something new', 'balance', 'transfer']);

    await page.getByRole('button', { name: 'Code that sends a label' }).click();
    await expect
      .poll(() => page.locator('dialog pre').textContent())
      .toMatch(/feedback.*"label":"transfer"/s);
    expect(messages).toEqual([]);
  });

  it('takes what is typed in its field as text, also the letters of its keys', async () => {
    const { page, messages } = await taught();
    await page.getByRole('button', { name: 'Label next' }).click();
    await page.getByRole('button', { name: 'Keep questions from now on' }).click();
    const field = page.getByRole('textbox', { name: 'Texts without labels, one on each line' });
    await field.pressSequentially('Run 1 sum');
    expect(await field.inputValue()).toBe('Run 1 sum');
    await page.locator('.bring').getByRole('button', { name: 'Add' }).click();
    await expect.poll(() => lookOf(page)).toBe('Run 1 sum');
    await page.keyboard.press('s');
    await page.getByText('All done.').waitFor();
    await field.pressSequentially('unsure');
    expect(await field.inputValue()).toBe('unsure');
    expect(messages).toEqual([]);
  });

  it('fetches an item again that could not be fetched before', async () => {
    const { page } = await taught();
    await page.getByRole('button', { name: 'Label next' }).click();
    await page.getByRole('button', { name: 'Keep questions from now on' }).click();
    await page.getByText('There is nothing to label yet.').waitFor();
    await ask(['Somebody has my card']);
    await page.route('**/content', (route) => route.abort(), { times: 1 });
    await page.getByRole('button', { name: 'Look again' }).click();
    await page.getByText('The service does not keep this one any more.').waitFor();
    await page.keyboard.press('s');
    await page.getByText('All done.').waitFor();
    await page.keyboard.press('u');
    await expect.poll(() => lookOf(page)).toBe('Somebody has my card');
  });

  it('keeps a question once it is complete, and not while it is typed', async () => {
    const { page, messages } = await taught();
    await page.getByRole('button', { name: 'Label next' }).click();
    await page.getByRole('button', { name: 'Keep questions from now on' }).click();
    const field = page.getByRole('textbox', { name: 'Type a text to ask about' });
    await type(field, 'May I have another card?');
    await field.focus();
    await expect.poll(() => lookOf(page)).toBe('May I have another card?');
    expect(await page.evaluate('document.activeElement.tagName')).toBe('TEXTAREA');
    const { data } = await call<{ data: unknown[] }>('GET', '/review');
    expect(data.length).toBe(1);
    await page.locator('.queue').getByRole('button', { name: 'lost card' }).click();
    await page.getByText('All done.').waitFor();
    expect(messages).toEqual([]);
  });

  it('is watched: the page says when what it is asked has changed', async () => {
    const { page, messages } = await taught();
    await page.getByRole('button', { name: 'Changes' }).click();
    await page.getByText('Nothing is watched now.').waitFor();
    await page.getByRole('button', { name: 'Code that turns this on' }).click();
    await expect.poll(() => page.locator('dialog pre').textContent()).toContain('"monitor":true');
    await page.keyboard.press('Escape');
    await page.getByRole('switch', { name: 'Watch for changes' }).check();
    await page.getByText('It is watching.').waitFor();

    const usual = (n: number) =>
      [`I lost card ${n}`, `What is on account ${n}?`, `Send ${n} euros`][n % 3] ?? '';
    await ask(Array.from({ length: 260 }, (_, n) => usual(n)));
    const state = page.locator('.drift-state');
    await expect.poll(() => state.textContent()).toContain('60 questions look like the first');
    await ask(
      Array.from({ length: 120 }, (_, n) => `Wo ist die Filiale ${n} in Köln, und wann hat sie geöffnet?`),
    );
    await expect.poll(() => state.textContent()).toContain('questions differ from the first ones');
    await page.getByRole('img', { name: /a change was found once$/ }).waitFor();
    await page.locator('.statistics li', { hasText: 'Language' }).getByText('German').waitFor();
    expect(messages).toEqual([]);
  });

  it('keeps the new position of the switch while the service switches, also when other answers arrive', async () => {
    const { page, messages } = await taught();
    await page.getByRole('button', { name: 'Changes', exact: true }).click();
    const monitor = page.locator('.inside [role=switch]');
    await monitor.waitFor();
    const [asked, released] = [deferred(), deferred()];
    await page.route(`**/tasks/${TASK}`, async (route) => {
      if (route.request().method() !== 'PUT') return route.continue();
      asked.resolve();
      await released.promise;
      return route.continue();
    });
    await monitor.check();
    await asked.promise;
    // Each of them draws the panel again.
    await page.waitForResponse((response) => response.url().endsWith('/quality'));
    await page.waitForResponse((response) => response.url().endsWith('/quality'));
    expect(await monitor.isChecked()).toBe(true);
    released.resolve();
    await page.locator('progress.level').waitFor();
    expect(await monitor.isChecked()).toBe(true);
    expect(messages).toEqual([]);
  });

  it.each([
    ['light', 'en-US', ['Label next', 'Keep questions from now on', 'Changes']],
    ['dark', 'zh-CN', ['接着标注', '从现在起保存问题', '变化']],
  ] as const)(
    'has no barriers that axe finds: %s colours, %s',
    async (colorScheme, locale, [next, keep, changes]) => {
      const { page, messages } = await taught({ colorScheme, locale, bypassCSP: true });
      const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
      await press(next);
      expect(await audit(page)).toEqual([]);
      await press(keep);
      await page.locator('.bring').waitFor();
      expect(await audit(page)).toEqual([]);
      await ask(['Somebody has my card', 'Pay the rent']);
      await page.locator('.bring button').last().click();
      await lookOf(page);
      expect(await audit(page)).toEqual([]);
      await press(changes);
      await page.locator('.inside [role=switch]').check();
      // The switch shows its new position before the service has it.
      await page.locator('progress.level').waitFor();
      await ask(
        Array.from({ length: 240 }, (_, n) => (n < 200 ? `I lost card ${n}` : `Wo ist Filiale ${n}?`)),
      );
      await page.locator('.drift-state.is-drift').waitFor();
      expect(await audit(page)).toEqual([]);
      expect(messages).toEqual([]);
    },
  );
});
