import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from '../../http/routes/pages/playground.ts';
import { pageFile } from '../server/page.ts';
import { addressOf, INDEX, targetOf } from './addresses.ts';
import { layout, type NavGroup } from './layout.ts';
import { type Rendered, render } from './render.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const IMAGES = new Set(['.svg', '.webp', '.png']);
/** Files that the service has at another place, from `/guide/`. */
const ELSEWHERE: Readonly<Record<string, string>> = { 'openapi/openapi.json': '../openapi.json' };

/**
 * The documents of the repository as pages, by their address below `/guide/`: the index, and every document that links lead to
 * from there; with their images, and `sections.json` for the search. Made at the first request, in a fraction of a second.
 * Undefined if this installation has no documents.
 */
export async function readGuide(root = ROOT): Promise<Page | undefined> {
  const documents = await crawl(root);
  const index = documents.get(INDEX);
  if (index === undefined) return undefined;
  const images = new Map<string, Buffer>();
  for (const [path, markdown] of documents) await readImages(root, path, markdown, images);
  const resolve = (path: string) => {
    if (documents.has(path)) return addressOf(path);
    return images.has(path) ? path : (ELSEWHERE[path] ?? null);
  };
  const nav = navOf(index, documents);
  const rendered = [...documents].map(([path, markdown]): readonly [string, Rendered] => [
    addressOf(path),
    render(path, markdown, resolve),
  ]);
  const sections = rendered.flatMap(([, page]) => page.sections);
  return new Map([
    ...rendered.map(
      ([address, page]) => [address, pageFile('.html', Buffer.from(layout(address, page, nav)))] as const,
    ),
    ...[...images].map(([path, body]) => [path, pageFile(extname(path), body)] as const),
    ['sections.json', pageFile('.json', Buffer.from(JSON.stringify(sections)))] as const,
  ]);
}

const linksIn = (markdown: string) => [...markdown.matchAll(/\]\(([^)\s]+)\)/g)].map(([, href = '']) => href);

/** The documents that links lead to from the index, by path, in the order in which they are found. */
async function crawl(root: string): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const waiting = [INDEX];
  const seen = new Set(waiting);
  for (const path of waiting) {
    const markdown = await readFile(join(root, path), 'utf8').catch(() => null);
    if (markdown === null) continue;
    found.set(path, markdown);
    for (const href of linksIn(markdown)) {
      const target = targetOf(path, href)?.path;
      if (!target?.endsWith('.md') || target.startsWith('..') || seen.has(target)) continue;
      seen.add(target);
      waiting.push(target);
    }
  }
  return found;
}

async function readImages(root: string, path: string, markdown: string, into: Map<string, Buffer>) {
  for (const href of linksIn(markdown)) {
    const target = targetOf(path, href)?.path;
    if (!target || target.startsWith('..') || !IMAGES.has(extname(target)) || into.has(target)) continue;
    const body = await readFile(join(root, target)).catch(() => null);
    if (body) into.set(target, body);
  }
}

/** The contents: the headings of the index, and the documents that each links to. */
function navOf(index: string, documents: ReadonlyMap<string, string>): readonly NavGroup[] {
  return index
    .split(/^## /m)
    .slice(1)
    .map((part) => ({
      heading: part.split('\n', 1)[0] ?? '',
      pages: [...part.matchAll(/\[([^\]]+)\]\(([^)\s]+)\)/g)].flatMap(([, name = '', href = '']) => {
        const path = targetOf(INDEX, href)?.path ?? '';
        return documents.has(path) ? [{ address: addressOf(path), name }] : [];
      }),
    }));
}
