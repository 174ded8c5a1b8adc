import { expect, it } from 'vitest';
import { describeWithBrowser, startAnew, startBrowser } from '../support/browser/browser.ts';

describeWithBrowser('the page of a service with keys', () => {
  // On this address the service asks for keys, and shows the first one once.
  const browser = startBrowser({ HOST: '0.0.0.0' });

  it('asks for a key, keeps it in the tab, and prints it nowhere', async () => {
    const { page } = await browser.open('text');
    const key = /il_\S+/.exec(browser.server.said())?.[0] ?? '';
    expect(key).not.toBe('');
    const dialog = page.getByRole('dialog', { name: 'Key' });
    const field = dialog
      .getByRole('textbox', { name: 'Key' })
      .or(dialog.getByLabel('Key', { exact: true }).locator('visible=true'))
      .last();
    await dialog.getByRole('button', { name: 'Use this key' }).waitFor();
    await field.fill('il_wrong');
    await dialog.getByRole('button', { name: 'Use this key' }).click();
    await dialog.getByRole('alert').waitFor();
    await field.fill(key);
    await dialog.getByRole('button', { name: 'Use this key' }).click();
    await dialog.waitFor({ state: 'hidden' });

    await startAnew(page);
    await page.getByRole('button', { name: 'Try an example' }).click();
    await expect.poll(() => page.locator('.verdict strong').textContent()).toBe('lost card');
    await page.locator('.ask').getByRole('button', { name: 'Code' }).click();
    const snippet = await page.locator('dialog pre').textContent();
    expect(snippet).toContain('Bearer $KEY');
    expect(await page.content()).not.toContain(key);
    expect(await page.evaluate('JSON.stringify(localStorage)')).not.toContain(key);
    await page.keyboard.press('Escape');

    await page.reload();
    await page.getByText('The service still knows this from before').waitFor();
    await page.getByRole('textbox', { name: 'Type a text to ask about' }).fill('Somebody took my card');
    await expect.poll(() => page.locator('.verdict strong').textContent()).toBe('lost card');
  });
});
