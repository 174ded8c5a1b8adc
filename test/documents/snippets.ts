import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { marked, type Token, type Tokens } from 'marked';
import { type Way, ways } from './ways.ts';

export interface Snippet {
  readonly file: string;
  /** `sh`, `ts`, `json`, `python`, … */
  readonly language: string;
  readonly text: string;
  /** Its first line, which names it in tables. */
  readonly start: string;
}

const root = join(import.meta.dirname, '../..');
const LANGUAGES = new Set(['sh', 'bash', 'ts', 'js', 'json', 'python']);
const COMMAND = /^(npm|npx|node|docker|curl|git|innerloop|optimum-cli|systemctl|python3?|pip) /;

/** The documents for users: README and the pages of the guide. */
export const documents: readonly string[] = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .toSorted()
    .map((name) => `docs/${name}`),
];

/** All blocks of a document that someone may paste: those of a language, and those that begin with a command. */
export function snippetsOf(
  file: string,
  markdown = readFileSync(join(root, file), 'utf8'),
): readonly Snippet[] {
  const found: Snippet[] = [];
  const visit = (token: Token) => {
    if (token.type !== 'code') return;
    const { lang = '', text } = token as Tokens.Code;
    const language = COMMAND.test(text) && lang === '' ? 'sh' : lang;
    if (!LANGUAGES.has(language)) return;
    found.push({ file, language, text, start: text.split('\n', 1)[0] as string });
  };
  marked.walkTokens(marked.lexer(markdown), visit);
  return found;
}

/** How a snippet is tested: the entry of `ways.ts` with the longest beginning that fits. */
export function wayOf({ file, start }: Snippet): Way | undefined {
  const fitting = Object.entries(ways[file] ?? {}).filter(([beginning]) => start.startsWith(beginning));
  return fitting.toSorted(([a], [b]) => b.length - a.length)[0]?.[1];
}
