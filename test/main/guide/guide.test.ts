import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Page } from '../../../src/http/routes/pages/playground.ts';
import { addressOf, targetOf, upFrom } from '../../../src/main/guide/addresses.ts';
import { readGuide } from '../../../src/main/guide/guide.ts';
import { render } from '../../../src/main/guide/render.ts';
import { scratchFolder } from '../../support/scratch.ts';

const textOf = (guide: Page | undefined, address: string) => String(guide?.get(address)?.body);

describe('the guide of the repository', () => {
  let guide: Page | undefined;
  beforeAll(async () => {
    guide = await readGuide();
  });

  it('has the index and what it leads to: documents, cards, measurements and images', () => {
    const wanted = [
      '',
      'readme',
      'tutorial',
      'settings',
      'errors',
      'decisions',
      'bench/accuracy',
      'models/photos',
    ];
    expect([...(guide?.keys() ?? [])]).toEqual(
      expect.arrayContaining([...wanted, 'docs/images/accuracy.svg', 'docs/images/playground.webp']),
    );
    expect(textOf(guide, '')).toContain('<h1 id="guide">Guide</h1>');
  });

  it('has links to pages and parts of pages that exist', () => {
    const broken: string[] = [];
    for (const [address, { type, body }] of guide ?? []) {
      if (!type.startsWith('text/html')) continue;
      const base = new URL(`http://x/guide/${address}`);
      for (const [, href = ''] of String(body).matchAll(/(?:href|src)="([^"]*)"/g)) {
        const { origin, pathname, hash } = new URL(href, base);
        if (origin !== base.origin || !pathname.startsWith('/guide/')) continue;
        const target = guide?.get(pathname.slice('/guide/'.length));
        const part = hash && !String(target?.body).includes(`id="${decodeURIComponent(hash.slice(1))}"`);
        if (!target || part) broken.push(`${address}: ${href}`);
      }
    }
    expect(broken).toEqual([]);
  });

  it('has no scripts or styles in its pages, which its policy would refuse', () => {
    for (const [address, { type, body }] of guide ?? [])
      if (type.startsWith('text/html'))
        expect(String(body), address).not.toMatch(/<script(?! type="module" src=)|<style|\sstyle=|\son\w+=/);
  });

  it('lists the parts of each page for the search', () => {
    const sections = JSON.parse(textOf(guide, 'sections.json'));
    expect(sections).toContainEqual(
      expect.objectContaining({ address: 'webhooks', heading: 'Create one', part: '#create-one' }),
    );
    for (const { text } of sections) expect(text).not.toMatch(/<\w+>.*<\/\w+>/);
  });
});

it('follows links from the index, and leaves the repository alone outside of documents', async () => {
  const root = await scratchFolder();
  await mkdir(join(root, 'docs'));
  await writeFile(
    join(root, 'docs/README.md'),
    '# I\n\n## G\n\n[a](a.md) [out](../../secret.md) [code](../x.ts)',
  );
  await writeFile(join(root, 'docs/a.md'), '# A & B\n\n[b](b.md#part)');
  await writeFile(join(root, 'docs/unlinked.md'), '# U');
  const guide = await readGuide(root);
  expect([...(guide?.keys() ?? [])]).toEqual(['', 'a', 'sections.json']);
  expect(textOf(guide, '')).toContain('<span title="x.ts in the repository">code</span>');
  expect(textOf(guide, 'a')).toContain('<title>A &amp; B – Innerloop</title>');
});

it('is undefined where there are no documents', async () => {
  expect(await readGuide(await scratchFolder())).toBeUndefined();
});

describe('addresses', () => {
  it.each([
    ['docs/README.md', ''],
    ['README.md', 'readme'],
    ['docs/settings.md', 'settings'],
    ['docs/decisions/README.md', 'decisions'],
    ['models/photos/README.md', 'models/photos'],
    ['bench/ACCURACY.md', 'bench/accuracy'],
  ])('%s is at /guide/%s', (path, address) => expect(addressOf(path)).toBe(address));

  it('lead up and across', () => {
    expect([upFrom(''), upFrom('settings'), upFrom('bench/accuracy')]).toEqual(['', '', '../']);
    expect(targetOf('docs/a.md', '../bench/X.md#y')).toEqual({ path: 'bench/X.md', part: '#y' });
    expect(['https://x.org', '#part', '/docs'].map((href) => targetOf('docs/a.md', href))).toEqual([
      null,
      null,
      null,
    ]);
  });
});

describe('render', () => {
  const of = (markdown: string) =>
    render('docs/a.md', markdown, (path) => (path === 'docs/b.md' ? 'b' : null));

  it('gives equal headings ids of their own', () => {
    expect(of('# A\n\n## X\n\n## X').html).toMatch(/id="x".*id="x-1"/s);
  });

  it('escapes code', () => {
    expect(of('# A\n\n```sh\necho <b>\n```').html).toContain(
      '<pre tabindex="0"><code class="language-sh">echo &lt;b&gt;',
    );
  });

  it('keeps parts of links, and text where there is no page', () => {
    expect(of('# A\n\n[b](b.md#c) [c](c.md)').html).toContain('<a href="b#c">b</a> <span title="docs/c.md');
  });

  it('does not search long blocks of code', () => {
    const { sections } = of(`# A\n\nwords\n\n\`\`\`\n${'1,'.repeat(300)}\n\`\`\``);
    expect(sections).toEqual([{ address: 'a', title: 'A', heading: 'A', part: '', text: 'words' }]);
  });
});
