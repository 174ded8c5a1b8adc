import { writeFile } from 'node:fs/promises';
import type { TSchema } from 'typebox';
import { Config } from '../config.ts';
import { markdownTable } from '../training/card/markdown-table.ts';

/** `npm run settings`: writes docs/settings.md from the one declaration of all settings. */
const file = new URL('../../docs/settings.md', import.meta.url);

type Setting = TSchema & {
  readonly default?: unknown;
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
};

function range({ enum: words, minimum, maximum }: Setting): string {
  if (words) return words.map((word) => `\`${word}\``).join(', ');
  if (minimum === undefined) return '';
  return maximum === undefined ? `≥ ${minimum}` : `${minimum} … ${maximum}`;
}

const rows = Object.entries<Setting>(Config.properties).map(([name, setting]) => [
  `\`${name}\``,
  setting.default === '' ? '' : `\`${setting.default}\``,
  range(setting),
  setting.description ?? '',
]);

await writeFile(
  file,
  `# Settings

Environment variables; an empty one counts as absent. A value that is wrong stops the start, which lists all that is
wrong. (\`npm run settings\` writes this page from [src/config.ts](../src/config.ts).)

${markdownTable(['Variable', 'Default', 'Values', 'Says'], rows)}
`,
);
