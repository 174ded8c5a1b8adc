import { posix } from 'node:path';

/** The document that the guide begins with. */
export const INDEX = 'docs/README.md';

/**
 * The address of a document below `/guide/`: `docs/settings.md` is `settings`, `models/photos/README.md` is `models/photos`, and
 * the index is the empty text.
 */
export function addressOf(path: string): string {
  if (path === 'README.md') return 'readme';
  return path
    .replace(/^docs\//, '')
    .replace(/\/?README\.md$/, '')
    .replace(/\.md$/, '')
    .toLowerCase();
}

/** The way from a page up to `/guide/`. */
export const upFrom = (address: string): string => '../'.repeat(address.split('/').length - 1);

/** A link of a document: the path of its target in the repository, and the part of the page. Null if it leads elsewhere. */
export function targetOf(
  from: string,
  href: string,
): { readonly path: string; readonly part: string } | null {
  if (/^[a-z]+:|^#|^\//i.test(href)) return null;
  const [file = '', part = ''] = href.split('#');
  return { path: posix.join(posix.dirname(from), decodeURI(file)), part: part && `#${part}` };
}
