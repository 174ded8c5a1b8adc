import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { InstalledModel } from '../../service/models.ts';

/** The text for the person who starts the service: addresses, packages, and commands to copy and run. */
export function welcome(address: string, models: readonly InstalledModel[], firstKey: string | null): string {
  const ready = models.filter(({ status }) => status === 'ready');
  const names = ready.map(({ name }) => name);
  const others = models.flatMap(({ name, command }) =>
    command === undefined ? [] : [`\n  ${name} needs an encoder: ${command}`],
  );
  return `
  Innerloop is at ${address}
  Try it there in a browser, or by the calls below.
  Guide:          ${address}/guide/
  Documentation:  ${address}/docs
  Packages:       ${names.join(', ') || 'none: train one, or set MODELS_DIR'}${others.join('')}
${firstKey === null ? '' : keyAdvice(firstKey)}${tryThis(address, names, firstKey)}`;
}

/** The first key, and how to make others. */
export function keyAdvice(key: string): string {
  return `
  Other machines can reach this address, so callers need a key. This is the first key, for the tenant "default". It is shown only once:

    ${key}

  More: ${command()} keys create <tenant>
`;
}

interface Job {
  /** The package that `auto` chooses for it. */
  readonly package: string;
  readonly title: string;
  readonly task: string;
  /** The options of `curl`. The paths of files begin with `@`, and are below `test/fixtures`. */
  readonly adapt: string;
  readonly predict: string;
  /** The query of the first call. */
  readonly query?: string;
}

const CSV = "-H 'Content-Type: text/csv' --data-binary";

/** One call of each job. They need no files but the fixtures of the tests, which an installed service does not have. */
const jobs: readonly Job[] = [
  {
    package: 'photos',
    title: 'Photos',
    task: 'fruit',
    adapt: '-F avocado=@photos/avocado/1.jpg -F ginger=@photos/ginger/1.jpg',
    predict: '-F photo=@photos/ginger/2.jpg',
  },
  {
    package: 'text',
    title: 'Texts',
    task: 'requests',
    adapt: "-F card_lost='I lost my card' -F balance='How much money do I have?'",
    predict: "-F request='Somebody took my card'",
  },
  {
    package: 'rows',
    title: 'Rows of a table',
    task: 'customers',
    adapt: `${CSV} @tables/customers.csv`,
    query: '?target=stays',
    predict: `${CSV} @tables/new-customers.csv`,
  },
  {
    package: 'speech',
    title: 'Spoken words',
    task: 'answers',
    adapt: '-F yes=@words/yes/1.wav -F no=@words/no/1.wav',
    predict: '-F word=@words/yes/2.wav',
  },
  {
    package: 'omniglot-protonets',
    title: 'Drawings',
    task: 'signs',
    adapt: '-F anchor=@glyphs/anchor/1.png -F knot=@glyphs/knot/1.png',
    query: '?model=omniglot-protonets',
    predict: '-F drawing=@glyphs/knot/2.png',
  },
];

function tryThis(address: string, names: readonly string[], key: string | null): string {
  const bearer = key === null ? '' : ` -H 'Authorization: Bearer ${key}'`;
  const fixtures = relative(process.cwd(), fileURLToPath(new URL('../../../test/fixtures', import.meta.url)));
  const calls = jobs
    .filter((job) => names.includes(job.package))
    .filter(({ adapt }) => !adapt.includes('@') || existsSync(fixtures))
    .map(({ title, task, adapt, predict, query = '' }) => {
      const call = (options: string) => `curl${bearer} ${options.replaceAll('@', `@${fixtures}/`)}`;
      const url = `${address}/tasks/${task}`;
      return `
  ${title}:
    ${call(adapt)} -H 'Prefer: wait=10' '${url}/adapt${query}'
    ${call(predict)} ${url}/predict
`;
    });
  return calls.length === 0
    ? ''
    : `\n  Teach it, then ask about something that it has not seen.\n${calls.join('')}\n`;
}

/** The command that runs this program: from a checkout, or installed. */
function command(): string {
  return import.meta.url.endsWith('.ts') ? 'npm run --silent innerloop --' : 'innerloop';
}
