import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../../src/cli/catalogue.ts';
import { type Command, type Group, isGroup, leavesOf } from '../../../src/cli/parser/command.ts';
import { program } from '../../../src/cli/parser/program.ts';
import { commandLinePage } from '../../../src/main/generate/command-line-page.ts';
import { unitContext } from '../unit-context.ts';

const context = unitContext();
const loaded: Readonly<Record<string, Command | Group>> = Object.fromEntries(
  await Promise.all(
    Object.entries(catalogue).map(async ([name, { load }]) => [name, await load(context)] as const),
  ),
);
const leaves = Object.entries(loaded).flatMap(([name, command]) => leavesOf(name, command));

/** The words of a command line as a shell reads it, without what goes to a file. */
function wordsOf(line: string): readonly string[] {
  const [command = ''] = line.split(/ >>? /);
  return [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}

/** The arguments that a command would run with. */
async function parsed(args: readonly string[]): Promise<{ words: string; args: object } | null> {
  let seen: { words: string; args: object } | null = null;
  const stubbed = (words: string, command: Command): Command => ({
    ...command,
    run: async (given) => {
      seen = { words, args: given.args };
    },
  });
  const entries = Object.entries(loaded).map(([name, command]) => ({
    name,
    description: '',
    heading: '',
    command: isGroup(command)
      ? {
          subCommands: Object.fromEntries(
            Object.entries(command.subCommands).map(([inner, each]) => [
              inner,
              { description: each.description, ...stubbed(`${name} ${inner}`, each) },
            ]),
          ),
        }
      : stubbed(name, command),
  }));
  await program(entries, { ...context, hasColours: () => false }).parseAsync([...args], { from: 'user' });
  return seen;
}

describe('the declarations of the commands', () => {
  it('are what docs/command-line.md has (npm run command-line writes it)', async () => {
    const page = readFileSync(join(import.meta.dirname, '../../../docs/command-line.md'), 'utf8');
    expect(page).toBe(await commandLinePage());
  });

  it.each(leaves.flatMap(({ words, command }) => command.examples.map((example) => [words, example])))(
    'of %s have an example that the parser accepts: %s',
    async (words, example) => {
      const [, ...args] = wordsOf(example.replace(/^([A-Z_]+=\S+ )+/, ''));
      expect(example).toMatch(/^([A-Z_]+=\S+ )*innerloop /);
      expect((await parsed(args))?.words).toBe(words);
    },
  );

  it.each(leaves.map(({ words, command }) => [words, command] as const))(
    'of %s are complete',
    (words, { args, examples }) => {
      expect(examples.length).toBeGreaterThan(0);
      const isText = /^(serve|worker|completion .*)$/.test(words);
      expect('json' in args).toBe(!isText);
      for (const { description } of Object.values(args)) expect(description).toMatch(/^\S.*[^.]$/s);
    },
  );

  it.each<[readonly string[], object]>([
    [['train', 'a', '--resume'], { recipe: 'a', resume: true }],
    [['train', '--data=b', '--seed', '3'], { data: 'b', seed: '3' }],
    [['import', 'm', '--sha256', 'ab'], { model: 'm', sha256: 'ab' }],
    [['evaluate', 'p'], { package: 'p', split: 'test' }],
    [['keys', 'list'], {}],
    [['predict', 'a', '-', '--task', 't', 'b'], { inputs: ['a', '-', 'b'], task: 't' }],
    [
      ['predict', '--text', '--task', 't', '--', '--not-an-option'],
      { inputs: ['--not-an-option'], text: true, task: 't' },
    ],
    [['tasks', 't', '--delete', '--json'], { task: 't', delete: true, json: true }],
  ])('make arguments of %j', async (words, args) => {
    expect((await parsed(words))?.args).toEqual(args);
  });
});
