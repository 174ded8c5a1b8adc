import { execFile } from 'node:child_process';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { audit } from '../support/browser/audit.ts';
import { describeWithBrowser, startAnew, startBrowser } from '../support/browser/browser.ts';

const run = promisify(execFile);

/** What the page may weigh before it can be used, compressed. */
const MOST_BYTES = 150_000;

/** A proxy that offers the service under a path, and tells the bytes of each answer as the browser gets them. */
async function proxyUnder(path: string, address: string) {
  const answers: { readonly url: string; readonly bytes: number }[] = [];
  const proxy = createServer((incoming, outgoing) => {
    if (!incoming.url?.startsWith(`${path}/`)) return void outgoing.writeHead(404).end();
    const url = incoming.url.slice(path.length);
    const forwarded = request(
      `${address}${url}`,
      { method: incoming.method, headers: incoming.headers },
      (answer) => {
        let bytes = 0;
        answer.on('data', ({ length }: Buffer) => {
          bytes += length;
        });
        answer.on('end', () => answers.push({ url, bytes }));
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    incoming.pipe(forwarded);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void proxy.close());
  return { address: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}${path}/`, answers };
}

describeWithBrowser('the page as a whole', () => {
  const browser = startBrowser();

  it.each([
    ['light', 'drawing', 'en-US'],
    ['dark', 'drawing', 'en-US'],
    ['light', 'text', 'zh-CN'],
    ['dark', 'text', 'en-US'],
    ['light', 'table', 'en-US'],
    ['dark', 'sound', 'zh-CN'],
    ['light', 'curve', 'en-US'],
    ['dark', 'curve', 'en-US'],
  ] as const)('has no barriers that axe finds: %s colours, %s, %s', async (colorScheme, view, locale) => {
    const { page, messages } = await browser.open(view, { colorScheme, locale, bypassCSP: true });
    await page.waitForLoadState('networkidle');
    expect(await audit(page)).toEqual([]);
    const sample = page.locator('main .primary').first();
    await sample.click();
    await page.waitForLoadState('networkidle');
    expect(await audit(page)).toEqual([]);
    await page.getByRole('button', { name: /^(Calls|调用)$/ }).click();
    await page.locator('dialog pre').waitFor();
    expect(await audit(page)).toEqual([]);
    expect(messages).toEqual([]);
  });

  it('loads little, all of it from the service, also where a proxy offers it under a path', async () => {
    const proxy = await proxyUnder('/ai', browser.server.address);
    const { page, messages } = await browser.open('text');
    await page.waitForLoadState('networkidle');
    const requested: string[] = [];
    page.on('request', (each) => requested.push(each.url()));
    await page.goto(proxy.address);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.waitForLoadState('networkidle');
    expect(proxy.answers.map(({ url }) => url)).toEqual(expect.arrayContaining(['/', '/playground/app.js']));
    expect(proxy.answers.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(MOST_BYTES);
    expect(requested.filter((url) => !url.startsWith(proxy.address) && !url.startsWith('blob:'))).toEqual([]);
    await page.getByRole('link', { name: 'Text' }).click();
    await startAnew(page);
    await page.getByRole('button', { name: 'Try an example' }).click();
    await expect.poll(() => page.locator('.verdict strong').textContent()).toBe('lost card');
    expect(messages).toEqual([]);
  });

  it('shows each call as a command that runs', async () => {
    const { page } = await browser.open('text', { permissions: ['clipboard-read', 'clipboard-write'] });
    await startAnew(page);
    await page.getByRole('button', { name: 'Try an example' }).click();
    await expect.poll(() => page.locator('.verdict strong').textContent()).toBe('lost card');
    const copied = async (part: string, language: string) => {
      await page.locator(part).getByRole('button', { name: 'Code' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('button', { name: language }).click();
      await dialog.getByRole('button', { name: 'Copy' }).click();
      await dialog.getByRole('button', { name: 'Copied' }).waitFor();
      const text = String(await page.evaluate('navigator.clipboard.readText()'));
      await page.keyboard.press('Escape');
      return text;
    };
    const adapted = await run('bash', ['-c', await copied('.teach', 'curl')]);
    expect(JSON.parse(adapted.stdout)).toMatchObject({ status: 'succeeded', support: { examples: 9 } });
    const asked = await run('bash', ['-c', await copied('.ask', 'curl')]);
    expect(JSON.parse(asked.stdout)).toMatchObject({ predictions: [{ label: 'lost card' }] });
    const program = await copied('.ask', 'TypeScript');
    const printed = await run(process.execPath, ['--input-type=module', '-e', program]);
    expect(printed.stdout).toContain("label: 'lost card'");
  });

  it('bends a curve step by step to points that are pressed', async () => {
    const { page, messages } = await browser.open('curve');
    const plot = page.getByRole('img', { name: /^A plot with/ });
    const after = page.locator('.plot .after');
    await plot.click({ position: { x: 100, y: 60 } });
    await plot.click({ position: { x: 220, y: 240 } });
    await page.getByText('2 points').waitFor();
    await after.waitFor();
    const shapeAt = async (steps: string) => {
      await page.getByRole('slider').fill(steps);
      await page.getByText(`After ${steps} steps`).waitFor();
      return after.getAttribute('points');
    };
    await expect.poll(() => shapeAt('10')).toBeTruthy();
    const bent = await shapeAt('10');
    const unadapted = await page.locator('.plot .before').getAttribute('points');
    expect(await shapeAt('0')).toBe(unadapted);
    expect(bent).not.toBe(unadapted);
    const tasks = async () =>
      (await fetch(`${browser.server.address}/tasks/playground-curve-sinusoid-maml`)).status;
    expect(await tasks()).toBe(200);
    await page.getByRole('button', { name: 'Start over' }).click();
    await expect.poll(tasks).toBe(404);
    expect(messages).toEqual([]);
  });

  it('keeps the chosen colours and language', async () => {
    const { page } = await browser.open('drawing', { colorScheme: 'light' });
    await page.getByRole('button', { name: 'Colours of the system' }).click();
    await page.getByRole('button', { name: 'Light colours' }).click();
    await page.getByRole('button', { name: '中文' }).click();
    await page.reload();
    await page.getByRole('heading', { name: '用例子来教它' }).waitFor();
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
    expect(await page.locator('html').getAttribute('lang')).toBe('zh');
  });
});
