import axe from 'axe-core';
import { expect, it } from 'vitest';
import { describeWithBrowser, startBrowser } from '../support/browser/browser.ts';

describeWithBrowser('the guide', () => {
  const browser = startBrowser();

  it('is reached from the page, searched by keyboard, and read', async () => {
    const { page, messages } = await browser.open('text');
    await page.getByRole('banner').getByRole('link', { name: 'Guide' }).click();
    await page.getByRole('heading', { level: 1, name: 'Guide' }).waitFor();
    // Keys that are pressed before the script of the search has run are lost.
    await page.waitForLoadState('load');
    await page.keyboard.press('/');
    await page.keyboard.type('idempotency key reused');
    await page.getByRole('link', { name: /^Error codes/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Error codes' }).waitFor();
    expect(messages).toEqual([]);
  });

  it('loads its search again with the next letter, and says so when it cannot be loaded', async () => {
    const { page } = await browser.open('text');
    await page.route('**/sections.json', (route) => route.abort());
    await page.goto(`${browser.server.address}/guide/`);
    const field = page.getByRole('searchbox', { name: 'Search the guide' });
    await field.pressSequentially('idem');
    const told = page.getByRole('status').getByText('The search cannot be loaded.');
    await told.waitFor();
    await page.unroute('**/sections.json');
    await page.route('**/sections.json', (route) => route.fulfill({ status: 503, json: [] }), { times: 1 });
    const refused = page.waitForResponse('**/sections.json');
    await field.pressSequentially('p');
    expect((await refused).status()).toBe(503);
    await told.waitFor();
    // If the page took that answer for the sections, it would not ask again, and would find nothing below.
    await field.pressSequentially('otency');
    await page
      .getByRole('link', { name: /idempotency/i })
      .first()
      .waitFor();
    await told.waitFor({ state: 'detached' });
  });

  it.each(['light', 'dark'] as const)(
    'has no barriers that axe finds, in %s colours',
    async (colorScheme) => {
      const { page, messages } = await browser.open('text', { colorScheme, bypassCSP: true });
      for (const address of ['', 'readme', 'settings', 'models/omniglot-maml']) {
        await page.goto(`${browser.server.address}/guide/${address}`);
        await page.waitForLoadState('networkidle');
        await page.addScriptTag({ content: axe.source });
        const { violations } = (await page.evaluate('axe.run()')) as {
          violations: { id: string; nodes: { html: string }[] }[];
        };
        const found = violations.map(
          ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120))}`,
        );
        expect(found, address).toEqual([]);
      }
      expect(messages).toEqual([]);
    },
  );

  it('fits a telephone', async () => {
    const { page } = await browser.open('text', { viewport: { width: 360, height: 740 } });
    for (const address of ['', 'errors', 'bench/accuracy']) {
      await page.goto(`${browser.server.address}/guide/${address}`);
      expect(await page.evaluate('document.documentElement.scrollWidth'), address).toBeLessThanOrEqual(360);
    }
  });
});
