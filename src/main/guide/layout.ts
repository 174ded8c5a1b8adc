import { upFrom } from './addresses.ts';
import { escapeHtml, type Rendered } from './render.ts';

export interface NavGroup {
  readonly heading: string;
  readonly pages: readonly { readonly address: string; readonly name: string }[];
}

/** A whole page. All links are relative, so that it also works behind a proxy that offers the API under a path. */
export function layout(address: string, { title, html }: Rendered, nav: readonly NavGroup[]): string {
  const up = upFrom(address);
  const files = `${up}../playground/`;
  const item = ({ address: to, name }: NavGroup['pages'][number]) =>
    `<li><a href="${escapeHtml(`${up}${to}` || './')}"${to === address ? ' aria-current="page"' : ''}>${escapeHtml(name)}</a></li>`;
  const groups = nav.map(
    ({ heading, pages }) => `<h2>${escapeHtml(heading)}</h2><ul>${pages.map(item).join('')}</ul>`,
  );
  return `<!doctype html>
<html lang="en" data-guide="${up || './'}">
<head>
<meta charset="utf-8" />
<title>${escapeHtml(title)} – Innerloop</title>
<meta name="viewport" content="width=device-width, initial-scale=1" />
<meta name="color-scheme" content="light dark" />
<link rel="icon" href="${files}icon.svg" type="image/svg+xml" />
<link rel="stylesheet" href="${files}guide-style.css" />
<script type="module" src="${files}guide.js"></script>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header>
<a class="name" href="${up || './'}"><img src="${files}icon.svg" alt="" width="28" height="28" />Innerloop guide</a>
<form role="search"><input type="search" aria-label="Search the guide" placeholder="Search" autocomplete="off" /><p class="count" role="status"></p><ol class="results" hidden></ol></form>
<a href="${up}../">Page</a> <a href="${up}../docs/">API</a>
</header>
<div class="columns">
<details class="nav" open><summary>Contents</summary><nav aria-label="Guide">${groups.join('')}</nav></details>
<main id="content">${html}</main>
</div>
</body>
</html>
`;
}
