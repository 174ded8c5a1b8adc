import type { TSchema } from 'typebox';
import { Config } from '../../config.ts';
import { markdownTable } from '../../training/card/markdown-table.ts';

type Setting = TSchema & {
  readonly default?: unknown;
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
};

/** `docs/settings.md`, made from the declaration of the settings in `src/config.ts`. */
export function settingsPage(): string {
  const rows = Object.entries<Setting>(Config.properties).map(([name, setting]) => [
    `\`${name}\``,
    setting.default === '' ? '' : `\`${setting.default}\``,
    valuesOf(setting),
    setting.description ?? '',
  ]);
  return `# Settings

Environment variables; an empty one counts as absent. The server does not start with a wrong value, and lists every wrong
value. (\`npm run settings\` writes this page from [src/config.ts](../src/config.ts).)

${markdownTable(['Variable', 'Default', 'Values', 'Meaning'], rows)}
`;
}

function valuesOf({ enum: words, minimum, maximum }: Setting): string {
  if (words) return words.map((word) => `\`${word}\``).join(', ');
  if (minimum === undefined) return '';
  return maximum === undefined ? `≥ ${minimum}` : `${minimum} … ${maximum}`;
}
