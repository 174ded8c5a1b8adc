import { catalogue } from '../../cli/catalogue.ts';
import { EXIT_CODES } from '../../cli/exit-codes.ts';
import { type Argument, type Command, isGroup } from '../../cli/parser/command.ts';
import { flagsOf, shownPositional } from '../../cli/parser/program.ts';
import { markdownTable } from '../../training/card/markdown-table.ts';
import { commandLine } from '../command-line.ts';

/** `docs/command-line.md`, made from the declarations of the commands. */
export async function commandLinePage(): Promise<string> {
  // Declarations are read; nothing runs.
  const context = commandLine({
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: (async function* () {})(),
    environment: {},
    clock: { now: () => new Date(0) },
    signal: new AbortController().signal,
    fetchPinned: () => Promise.reject(new Error('Nothing is downloaded here')),
  });
  const parts: string[] = [];
  let last = '';
  for (const [name, { description, heading, load }] of Object.entries(catalogue)) {
    if (heading !== last) parts.push(`## ${heading.replace(/:$/, '')}`);
    last = heading;
    const loaded = await load(context);
    if (!isGroup(loaded)) parts.push(section('###', name, description, loaded));
    else {
      parts.push(`### innerloop ${name}\n\n${description}.`);
      for (const [inner, command] of Object.entries(loaded.subCommands))
        parts.push(section('####', `${name} ${inner}`, command.description, command));
    }
  }
  const codes = markdownTable(
    ['Exit code', 'Meaning'],
    EXIT_CODES.map(({ code, meaning }) => [`${code}`, meaning]),
  );
  return `${introduction(codes)}\n${parts.join('\n\n')}\n`;
}

const introduction = (codes: string) => `# Command line

In a checkout the command is \`npx innerloop\`. Its first call builds it; after a change, build again with \`npm run build\` or
\`npm start\`. To run the sources without a build, use \`npm run --silent innerloop --\`. \`innerloop <command> --help\` prints the text
below.
(\`npm run command-line\` writes this page from the declarations of the commands.)

- **Output.** Answers go to standard output, everything else (progress, notes, errors) to standard error. With \`--json\` the answer is
  one JSON document. \`serve\` and \`worker\` write their log, one JSON object a line, and \`completion\` writes a script.
- **Progress.** A command that takes longer than a second shows its progress: as a bar on a terminal, elsewhere as a line from time to
  time.
- **Colours** are for terminals only. \`NO_COLOR\` turns them off, and \`FORCE_COLOR=1\` turns them on for pipes.
- **Ctrl-C** stops a command cleanly. The current step finishes, files and connections are closed, and an adaptation for which the
  command waits is cancelled. An incomplete download is kept, and the next call continues it. A second Ctrl-C ends the command at once.
- **Another server.** Name it by \`--server\`, or for all commands by \`INNERLOOP_SERVER\`. Put its key into \`INNERLOOP_KEY\`. If a
  server is busy, the command asks it again.

${codes}
`;

function section(level: string, words: string, description: string, { args, examples }: Command): string {
  const entries = Object.entries(args);
  const positionals = entries.filter(([, { type }]) => type === 'positional');
  const rows = [...positionals, ...entries.filter(([, { type }]) => type !== 'positional')].map(
    ([name, argument]) => [
      `\`${argument.type === 'positional' ? shownPositional(name, argument) : flagsOf(name, argument)}\``,
      `${meaningOf(argument)}.`,
    ],
  );
  return [
    `${level} innerloop ${words}`,
    `${description}.`,
    `\`\`\`sh\n${examples.join('\n')}\n\`\`\``,
    ...(rows.length > 0 ? [markdownTable(['Argument', 'Meaning'], rows)] : []),
  ].join('\n\n');
}

function meaningOf(argument: Argument): string {
  const { description } = argument;
  if (argument.type !== 'enum') return description;
  const preset = argument.default === undefined ? '' : ` (default: ${argument.default})`;
  return `${description}. One of ${argument.options.join(', ')}${preset}`;
}
