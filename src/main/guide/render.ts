import { Marked, type Tokens } from 'marked';
import { addressOf, targetOf, upFrom } from './addresses.ts';

/** A part of a page under one heading, for the search. */
export interface Section {
  readonly address: string;
  readonly title: string;
  readonly heading: string;
  /** With `#`; empty for the beginning of the page. */
  readonly part: string;
  readonly text: string;
}

export interface Rendered {
  readonly title: string;
  readonly html: string;
  readonly sections: readonly Section[];
}

/** Longer blocks of code, such as arrays of numbers, are useless for a search. */
const MOST_CODE = 400;

/** What a link becomes: an address below `/guide/`, or null for a file that the guide does not have. */
export type Resolve = (path: string) => string | null;

/** A document as the content of a page. Links to other documents lead to their pages. */
export function render(path: string, markdown: string, resolve: Resolve): Rendered {
  const address = addressOf(path);
  const up = upFrom(address);
  const slug = slugger();
  const sections: { heading: string; part: string; text: string[] }[] = [];
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth }: Tokens.Heading) {
        const html = this.parser.parseInline(tokens);
        const heading = plain(html);
        const id = slug(heading);
        sections.push({ heading, part: depth === 1 ? '' : `#${id}`, text: [] });
        return `<h${depth} id="${id}">${html}</h${depth}>\n`;
      },
      link({ href, tokens }: Tokens.Link) {
        const html = this.parser.parseInline(tokens);
        const target = targetOf(path, href);
        if (!target) return `<a href="${escapeHtml(href)}">${html}</a>`;
        const to = resolve(target.path);
        if (to === null) return `<span title="${escapeHtml(target.path)} in the repository">${html}</span>`;
        return `<a href="${escapeHtml(`${up}${to}` || './')}${escapeHtml(target.part)}">${html}</a>`;
      },
      image({ href, text }: Tokens.Image) {
        const to = resolve(targetOf(path, href)?.path ?? '');
        return to === null ? escapeHtml(text) : `<img src="${up}${to}" alt="${escapeHtml(text)}" />`;
      },
      table(token: Tokens.Table) {
        const head = token.header.map((cell) => this.tablecell(cell)).join('');
        const rows = token.rows.map((row) => `<tr>${row.map((cell) => this.tablecell(cell)).join('')}</tr>`);
        // Wide tables scroll by themselves, also by keyboard.
        return `<div class="wide" tabindex="0" role="region" aria-label="Table"><table><thead><tr>${head}</tr></thead><tbody>${rows.join('\n')}</tbody></table></div>\n`;
      },
      code({ text, lang }: Tokens.Code) {
        return `<pre tabindex="0"><code${lang ? ` class="language-${escapeHtml(lang)}"` : ''}>${escapeHtml(text)}</code></pre>\n`;
      },
    },
  });
  const tokens = marked.lexer(markdown);
  const html = tokens
    .map((token) => {
      const block = marked.parser([token]);
      if (token.type !== 'heading' && !(token.type === 'code' && token.text.length > MOST_CODE))
        sections.at(-1)?.text.push(plain(block));
      return block;
    })
    .join('');
  const title = sections[0]?.heading ?? address;
  return {
    title,
    html,
    sections: sections.map(({ heading, part, text }) => ({
      address,
      title,
      heading,
      part,
      text: text.join(' ').trim(),
    })),
  };
}

/** Ids as GitHub makes them, so that links in the repository work on both. */
function slugger(): (heading: string) => string {
  const used = new Map<string, number>();
  return (heading) => {
    const slug = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-');
    const count = used.get(slug) ?? 0;
    used.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${count}`;
  };
}

const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' } as const;
export const escapeHtml = (text: string) =>
  text.replace(/[&<>"]/g, (c) => ENTITIES[c as keyof typeof ENTITIES]);

/** The text of markup. */
function plain(html: string): string {
  return html
    .replace(/<[^>]+>/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ')
    .trim();
}
