import type { Completion } from '../parser/command.ts';
import { quoted } from './quoted.ts';
import type { Words } from './words.ts';

/**
 * A completion for fish: one line for each command and option.
 *
 * @see https://fishshell.com/docs/current/completions.html
 */
export function fishCompletion(all: readonly Words[]): string {
  const lines = all.flatMap(({ after, commands, options, argument }) => {
    const names = commands.map(({ name }) => name).join(' ');
    const inside = conditionOf(after, names);
    return [
      ...commands.map(({ name, description }) =>
        line(inside, '-f', `-a ${name}`, `-d ${fishQuoted(description)}`),
      ),
      ...options.map(({ name, description, value }) =>
        line(
          inside,
          `-l ${name.slice(2)}`,
          value === null ? '' : valueFlags(value),
          `-d ${fishQuoted(description)}`,
        ),
      ),
      ...(commands.length === 0
        ? [line(inside, valueFlags(argument).replace('-x', '-f').replace('-r', '-F'))]
        : []),
    ];
  });
  return `complete -c innerloop -e\n${lines.join('\n')}\n`;
}

/** Whether the words so far are those of the command, and no further one of `names` follows. */
function conditionOf(after: string, names: string): string {
  const seen = after
    .split(' ')
    .filter(Boolean)
    .map((word) => `__fish_seen_subcommand_from ${word}`);
  const none = names === '' ? [] : [`not __fish_seen_subcommand_from ${names}`];
  return [...seen, ...none].join('; and ');
}

const line = (condition: string, ...parts: readonly string[]) =>
  ['complete -c innerloop', `-n ${fishQuoted(condition)}`, ...parts].filter(Boolean).join(' ');

function valueFlags(value: Completion): string {
  if (value === 'files') return '-r';
  return value === 'nothing' ? '-x' : `-x -a ${quoted(value.join(' '))}`;
}

/** Fish reads a backslash and a quotation mark inside single quotes. */
const fishQuoted = (text: string) => `'${text.replace(/[\\']/g, '\\$&')}'`;
