import { fileURLToPath } from 'node:url';
import type { Route } from 'playwright-core';
import { expect, it } from 'vitest';
import { describeWithBrowser, startAnew, startBrowser } from '../support/browser/browser.ts';

const lemon = fileURLToPath(new URL('../fixtures/photos/lemon/1.jpg', import.meta.url));
const document = { name: 'letter.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4') };

describeWithBrowser('the page, where a person slips', () => {
  const browser = startBrowser();

  it('says which files can be read, where one is taught and where one is asked about', async () => {
    const { page, messages } = await browser.open('photos');
    await startAnew(page);
    await page.getByRole('button', { name: 'Use my own' }).click();
    const told = 'Cannot be read: letter.pdf. Choose pictures: JPEG, PNG or WebP.';
    await page.locator('.label-card input[type=file]').first().setInputFiles(document);
    await page.locator('.label-card').getByRole('alert').getByText(told).waitFor();
    await page.locator('.ask input[type=file]').setInputFiles(document);
    await page.locator('.ask').getByRole('alert').getByText(told).waitFor();
    expect(messages).toEqual([]);
  });

  it('turns off a microphone and a camera that it cannot use', async () => {
    const { page } = await browser.open('sound');
    await page.evaluate(`
      const { mediaDevices } = navigator;
      const ask = mediaDevices.getUserMedia.bind(mediaDevices);
      window.tracks = [];
      mediaDevices.getUserMedia = async (wanted) => {
        const stream = await ask(wanted);
        tracks.push(...stream.getTracks());
        return stream;
      };
      AudioWorklet.prototype.addModule = () => Promise.reject(new Error('no recorder'));
      HTMLMediaElement.prototype.play = () => Promise.reject(new Error('no play'));
    `);
    const tracks = () => page.evaluate('tracks.map(({ kind, readyState }) => [kind, readyState])');
    await page.getByRole('button', { name: 'Record' }).first().click();
    await page.getByText('The microphone cannot be used: no recorder').waitFor();
    await expect.poll(tracks).toEqual([['audio', 'ended']]);

    await page.getByRole('link', { name: 'Photos' }).click();
    await page.getByRole('button', { name: 'Camera' }).first().click();
    await page.getByText('The camera cannot be used: no play').waitFor();
    await expect.poll(tracks).toContainEqual(['video', 'ended']);
  });

  it('copies a call where the browser offers no clipboard, or says that it may not', async () => {
    const { page } = await browser.open('text', { permissions: ['clipboard-read', 'clipboard-write'] });
    await page.evaluate(`
      window.clipboard = navigator.clipboard;
      Object.defineProperty(navigator, 'clipboard', { value: undefined });
    `);
    await page.getByRole('button', { name: 'Calls' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Copy' }).click();
    await dialog.getByRole('button', { name: 'Copied' }).waitFor();
    const shown = await dialog.locator('pre').textContent();
    expect(await page.evaluate('clipboard.readText()')).toBe(shown);

    await page.evaluate('document.execCommand = () => false');
    await dialog.getByRole('button', { name: 'Python' }).click();
    await dialog.getByRole('button', { name: 'Copy' }).click();
    await dialog.getByRole('alert').getByText('The browser does not allow this page to copy.').waitFor();
  });

  it('keeps the page when a file is dropped beside the places for files', async () => {
    const { page } = await browser.open('photos');
    // Text, because the types of tests do not have those of a page.
    const isHeld = (type: string) =>
      page.evaluate(`(() => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File(['a'], 'a.txt'));
        const event = new DragEvent('${type}', { dataTransfer, bubbles: true, cancelable: true });
        return !document.querySelector('h1').dispatchEvent(event);
      })()`);
    expect(await isHeld('dragover')).toBe(true);
    expect(await isHeld('drop')).toBe(true);
  });

  it('keeps a name that is being typed while examples come', async () => {
    const { page } = await browser.open('photos');
    await startAnew(page);
    await page.getByRole('button', { name: 'Use my own' }).click();
    const name = page.getByRole('textbox', { name: 'Name of the label' }).first();
    await name.fill('Citrus fru');
    await page.locator('.label-card input[type=file]').first().setInputFiles(lemon);
    await page.locator('.label-card').first().getByText('1 example', { exact: true }).waitFor();
    expect(await name.inputValue()).toBe('Citrus fru');
    await name.press('End');
    await name.pressSequentially('it');
    await name.press('Enter');
    await page.getByRole('button', { name: 'Remove the label Citrus fruit' }).waitFor();
  });

  it('tries again by itself while the service is away', async () => {
    const { page } = await browser.open('text');
    await startAnew(page);
    await page.getByRole('button', { name: 'Try an example' }).click();
    const status = page.getByRole('status');
    await expect.poll(() => status.textContent()).toContain('Learned from 9 examples');
    await page.context().setOffline(true);
    const field = page.locator('.texts textarea').first();
    await field.fill('One example more');
    await field.press('Enter');
    await page.getByRole('textbox', { name: 'Type a text to ask about' }).fill('Is anybody there?');
    await expect.poll(() => status.textContent()).toContain('The service does not answer');
    await page.locator('.ask').getByText('The service does not answer').waitFor();
    await page.context().setOffline(false);
    await expect.poll(() => status.textContent()).toContain('Learned from 10 examples');
    await page.locator('.verdict').waitFor();
  });

  it('forgets what it still learns when one starts over', async () => {
    const { page, messages } = await browser.open('text');
    await startAnew(page);
    const held = new Promise<Route>((resolve) => void page.route('**/adapt', resolve));
    await page.getByRole('button', { name: 'Try an example' }).click();
    const route = await held;
    await page.getByRole('button', { name: 'Start over' }).click();
    const deleted = page.waitForResponse((response) => response.request().method() === 'DELETE');
    await route.continue();
    expect((await deleted).status()).toBe(204);
    await page.waitForLoadState('networkidle');
    await page.getByRole('button', { name: 'Use my own' }).waitFor();
    expect(await page.locator('.verdict').count()).toBe(0);
    const { status } = await fetch(`${browser.server.address}/tasks/playground-text`);
    expect(status).toBe(404);
    expect(messages).toEqual([]);
  });

  it('says so where the service does not delete what one starts over', async () => {
    const { page } = await browser.open('text');
    await startAnew(page);
    await page.getByRole('button', { name: 'Try an example' }).click();
    await expect.poll(() => page.getByRole('status').textContent()).toContain('Learned from 9 examples');
    await page.context().setOffline(true);
    await page.getByRole('button', { name: 'Start over' }).click();
    const told = page.getByRole('alert').getByText('The service may not have deleted your examples');
    await told.waitFor();
    await page.context().setOffline(false);
    await page.getByRole('button', { name: 'Use my own' }).click();
    await page.getByRole('button', { name: 'Start over' }).click();
    await told.waitFor({ state: 'detached' });
    const task = async () => (await fetch(`${browser.server.address}/tasks/playground-text`)).status;
    await expect.poll(task).toBe(404);
  });

  it('deletes a curve later where the service could not at first', async () => {
    const { page } = await browser.open('curve');
    const task = async () =>
      (await fetch(`${browser.server.address}/tasks/playground-curve-sinusoid-maml`)).status;
    await page.getByRole('button', { name: 'Try an example' }).click();
    await expect.poll(task).toBe(200);
    await page.waitForLoadState('networkidle');
    await page.route('**/playground-curve-*', (route) => route.abort(), { times: 1 });
    await page.getByRole('button', { name: 'Start over' }).click();
    const told = page.getByRole('alert').getByText('The service may not have deleted your examples');
    await told.waitFor();
    await page.getByRole('button', { name: 'Reptile' }).click();
    await told.waitFor({ state: 'detached' });
    await expect.poll(task).toBe(404);
  });

  it('deletes its own of very many tasks without a list of all', async () => {
    const { address } = browser.server;
    const put = (id: string, model: string) =>
      fetch(`${address}/tasks/${id}`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model }),
      });
    const answers = await Promise.all(Array.from({ length: 120 }, (_, i) => put(`a-${i}`, 'text')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    const { page } = await browser.open('text');
    await startAnew(page);
    await page.getByRole('button', { name: 'Try an example' }).click();
    await expect.poll(() => page.getByRole('status').textContent()).toContain('Learned from 9 examples');
    await page.waitForLoadState('networkidle');
    const lists: string[] = [];
    page.on('request', (each) => each.url().includes('/tasks?') && lists.push(each.url()));
    // Another tab compares packages.
    expect((await put('playground-text-text', 'text')).status).toBe(201);
    await page.getByRole('button', { name: 'Start over' }).click();
    for (const task of ['playground-text', 'playground-text-text'])
      await expect.poll(async () => (await fetch(`${address}/tasks/${task}`)).status).toBe(404);
    await page.waitForLoadState('networkidle');
    expect(lists).toHaveLength(1);
    expect(await page.getByRole('alert').count()).toBe(0);
    expect((await fetch(`${address}/tasks/a-0`)).status).toBe(200);
  });
});
