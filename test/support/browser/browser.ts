import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, onTestFinished } from 'vitest';
import { type ServerProcess, startServerProcess } from '../servers/server-process.ts';

/** Debian's chromium, or another browser of its family. */
const EXECUTABLE = process.env.TEST_CHROMIUM ?? '/usr/bin/chromium';

/** How long a page may take to change on a machine with other work. */
const MOST_MS = 60_000;

/** A camera that shows a moving picture, a microphone that beeps, and nobody who has to allow them. */
const DEVICES = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];

/** Tests with a browser. They are left out where there is none, except with `CI=true`: there they fail. */
export const describeWithBrowser = describe.skipIf(!existsSync(EXECUTABLE) && process.env.CI !== 'true');

export interface OpenPage {
  readonly page: Page;
  /** Errors and messages of the console, and errors that nobody caught. */
  readonly messages: readonly string[];
}

export interface TestBrowser {
  readonly server: ServerProcess;
  /** Opens the page at `#view` for the running test, in a window of its own. */
  open(view: string, options?: BrowserContextOptions): Promise<OpenPage>;
}

/** Starts the service and a browser once for all tests of a file. */
export function startBrowser(environment: Readonly<Record<string, string>> = {}): TestBrowser {
  const started: { server?: ServerProcess; browser?: Browser; data?: string } = {};
  beforeAll(async () => {
    started.data = await mkdtemp(join(tmpdir(), 'innerloop-page-'));
    started.server = await startServerProcess({ DATA_DIR: started.data, ...environment });
    // Containers and CI run as root, where chromium needs `--no-sandbox`.
    started.browser = await chromium.launch({
      executablePath: EXECUTABLE,
      args: ['--no-sandbox', ...DEVICES],
    });
  });
  afterAll(async () => {
    await started.browser?.close();
    await started.server?.stop('SIGTERM');
    if (started.data) await rm(started.data, { recursive: true, force: true });
  });
  return {
    get server() {
      if (!started.server) throw new Error('The server is there from the first test on');
      return started.server;
    },
    async open(view, options = {}) {
      const context = await started.browser?.newContext({ locale: 'en-US', ...options });
      if (!context) throw new Error('The browser is there from the first test on');
      onTestFinished(() => context.close());
      const page = await context.newPage();
      page.setDefaultTimeout(MOST_MS);
      const messages: string[] = [];
      page.on('console', (message) =>
        messages.push(`${message.type()}: ${message.text()} (${message.location().url})`),
      );
      page.on('pageerror', (error) => messages.push(String(error)));
      await page.goto(`${started.server?.address}/#${view}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      return { page, messages };
    },
  };
}

/** Forgets what earlier tests of the file have taught. */
export async function startAnew(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle');
  const again = page.getByRole('button', { name: 'Start over' });
  if (await again.isVisible()) await again.click();
  await page
    .getByRole('button', { name: 'Use my own' })
    .or(page.getByText('Open a CSV file').first())
    .waitFor();
}

/** Drops files and folders onto a part of the page, as from a window of files. */
export async function drop(page: Page, onto: Locator, files: readonly string[]): Promise<void> {
  await onto.scrollIntoViewIfNeeded();
  const box = await onto.boundingBox();
  if (!box) throw new Error('Expected a part that is in sight');
  const session = await page.context().newCDPSession(page);
  const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  const data = { items: [], files: [...files], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, ...at, data });
}

/** Draws lines through the points of each stroke, from 0 to 1 in a pad. */
export async function draw(page: Page, pad: string, strokes: readonly (readonly [number, number][])[]) {
  const canvas = page.getByRole('img', { name: pad, exact: true });
  await canvas.scrollIntoViewIfNeeded();
  const box = await canvas.boundingBox();
  if (!box) throw new Error(`Expected a pad ${pad}`);
  for (const [first, ...others] of strokes) {
    if (!first) continue;
    const at = ([x, y]: readonly [number, number]) =>
      [box.x + x * box.width, box.y + y * box.height] as const;
    await page.mouse.move(...at(first));
    await page.mouse.down();
    for (const point of others) await page.mouse.move(...at(point), { steps: 8 });
    await page.mouse.up();
  }
}
