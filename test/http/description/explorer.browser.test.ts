import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeWithBrowser, startBrowser } from '../../support/browser/browser.ts';

const glyph = (name: string, hand: number) =>
  join(import.meta.dirname, `../../fixtures/glyphs/${name}/${hand}.png`);

describeWithBrowser('the documentation page', () => {
  const browser = startBrowser();

  async function open() {
    const { page, messages } = await browser.open('');
    await page.goto(`${browser.server.address}/docs/`);
    await page.locator('.opblock').first().waitFor();
    return { page, messages };
  }

  it('has our name and icon, and no message of the console', async () => {
    const { page, messages } = await open();
    expect(await page.title()).toMatch(/^Innerloop/);
    const icon = await page.locator('link[rel=icon]').getAttribute('href');
    expect((await page.request.get(new URL(icon ?? '', page.url()).href)).headers()['content-type']).toMatch(
      /^image\/svg/,
    );
    expect(messages).toEqual([]);
  });

  it('adapts to files that are chosen', async () => {
    const { page, messages } = await open();
    const adapt = page.locator('#operations-adaptations-adapt');
    await adapt.locator('.opblock-summary-control').click();
    await adapt
      .locator('.body-param-content-type select, .opblock-section-request-body select')
      .first()
      .selectOption('multipart/form-data');
    await adapt.locator('tr[data-param-name=task] input').fill('signs');
    await adapt.locator('tr[data-param-name=model] input').fill('omniglot-protonets');
    await adapt.locator('tr[data-param-name=prefer] input').fill('wait=30');
    for (const label of ['anchor', 'knot']) {
      const field = adapt.locator(`tr[data-property-name=${label}]`);
      await field.locator('input[type=file]').setInputFiles(glyph(label, 1));
    }
    await adapt.locator('.execute').click();
    await adapt.locator('.live-responses-table .response-col_status', { hasText: '200' }).waitFor();
    expect(await adapt.locator('.live-responses-table').textContent()).toMatch(/"anchor": 1,\s+"knot": 1/);
    expect(messages).toEqual([]);
  });

  it('runs its examples as they are shown, one after the other, and a file as the body', async () => {
    const { page, messages } = await open();
    const execute = async (id: string, status: string) => {
      const operation = page.locator(`#operations-${id}`);
      await operation.locator('.opblock-summary-control').click();
      await operation.locator('.execute').click();
      const answer = operation.locator('.live-responses-table');
      await answer.locator('.response-col_status', { hasText: status }).waitFor();
      return answer;
    };
    const adapted = await execute('adaptations-adapt', '200');
    expect(await adapted.textContent()).toMatch(/"task": "requests".*"status": "succeeded"/s);
    const predicted = await execute('predictions-predict', '200');
    expect(await predicted.textContent()).toContain('"label": "card_lost"');
    await execute('tasks-getTask', '200');

    const predict = page.locator('#operations-predictions-predict');
    const types = predict.locator('.opblock-section-request-body select').first();
    await types.selectOption('image/png');
    await predict.locator('.opblock-section-request-body input[type=file]').setInputFiles(glyph('knot', 1));
    await predict.locator('.execute').click();
    // The task reads texts.
    await predicted.locator('.response-col_status', { hasText: '400' }).waitFor();
    expect(await predicted.textContent()).toContain('This package reads text; got a picture');
    expect(messages.filter((each) => !each.includes('400 (Bad Request)'))).toEqual([]);
  });

  it('keeps a key as long as the tab', async () => {
    const { page } = await open();
    await page.getByRole('button', { name: 'Authorize' }).first().click();
    await page.locator('.auth-container input').fill('il_secret');
    await page
      .locator('.auth-container')
      .getByRole('button', { name: /apply|authorize/i })
      .click();
    // As text, since the types of this test are those of Node.
    const kept = () =>
      page.evaluate(
        `[sessionStorage.getItem('innerloop-key'), JSON.stringify(localStorage).includes('il_secret')]`,
      );
    expect(await kept()).toEqual(['il_secret', false]);
    await page.reload();
    await page.locator('.opblock').first().waitFor();
    await page.locator('button.authorize.locked').waitFor();
    await page.getByRole('button', { name: 'Authorize' }).first().click();
    await page
      .locator('.auth-container')
      .getByRole('button', { name: /remove|logout/i })
      .click();
    expect(await kept()).toEqual([null, false]);
  });
});
