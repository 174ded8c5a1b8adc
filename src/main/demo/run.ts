import type { Random } from '../../training/random.ts';
import { demoDrawings } from './drawings.ts';

const model = 'omniglot-protonets';
const [ways, shots, perCharacter] = [5, 1, 10];
/** Width of a column: the length of the longest character name. */
const width = 44;

interface Example {
  readonly name: string;
  readonly file: Uint8Array;
}

/**
 * Adapts to characters that the model was not trained on, from one drawing of each, and predicts further drawings, through
 * the public API. Returns the accuracy.
 */
export async function runDemo(url: string, random: Random, print: (line: string) => void): Promise<number> {
  const { origin, characters } = await demoDrawings(random, ways, shots + perCharacter);
  print(`drawings    ${origin}`);
  const pick = (from: number, to?: number): Example[] =>
    characters.flatMap(({ name, files }) => files.slice(from, to).map((file) => ({ name, file })));
  const support = pick(0, shots);
  const queries = pick(shots);
  const task = `${url}/tasks/demo-${Date.now().toString(36)}`;

  const adapting = await timed(() => post(`${task}/adapt?model=${model}`, support, { prefer: 'wait=30' }));
  const { status, timings, error, model: version } = adapting.body;
  if (status !== 'succeeded')
    throw new Error(`The adaptation ${status}: ${error?.message ?? 'it has not ended within 30 s'}`);
  print(`adapted     ${version} to ${support.length} drawings, ${shots} of each character`);

  const alone: { ms: number; body: Answer }[] = [];
  for (const example of queries) alone.push(await timed(() => post(`${task}/predict`, [example])));
  const together = await timed(() => post(`${task}/predict`, queries));
  await fetch(task, { method: 'DELETE' });

  print('');
  print(`  ${'drawn'.padEnd(width)} ${'predicted'.padEnd(width)} probability`);
  const answers = together.body.predictions.map(({ label, probabilities }, i) => {
    const { name } = queries[i] as Example;
    const verdict = label === name ? '' : '  wrong';
    // Print a few drawings of each character. The accuracy counts all of them.
    if (i % (queries.length / characters.length) < 3) {
      print(`  ${name.padEnd(width)} ${label.padEnd(width)} ${percent(probabilities[label] ?? 0)}${verdict}`);
    }
    return label === name;
  });
  const right = answers.filter(Boolean).length;
  const milliseconds = alone.map(({ ms }) => ms).sort((a, b) => a - b);
  print('');
  print(`accuracy    ${right} of ${answers.length}: ${percent(right / answers.length)}`);
  print(
    `adapt       ${ms(adapting.ms)} for the call: ${timings.queuedMs} ms queued, ${timings.runMs} ms running`,
  );
  print(
    `predict     ${ms(milliseconds[milliseconds.length >> 1] ?? 0)} for one drawing (median of ${alone.length} calls)`,
  );
  print(`            ${ms(together.ms)} for all ${queries.length} in one call`);
  return right / answers.length;
}

/** The members of the API's answers that the demo reads. */
interface Answer {
  readonly status: string;
  readonly model: string;
  readonly error: { readonly message: string } | null;
  readonly timings: { readonly queuedMs: number; readonly runMs: number };
  readonly predictions: readonly {
    readonly label: string;
    readonly probabilities: Readonly<Record<string, number>>;
  }[];
}

/** Sends image files as `curl -F name=@file` does. */
async function post(
  url: string,
  examples: readonly Example[],
  headers: Record<string, string> = {},
): Promise<Answer> {
  const form = new FormData();
  for (const { name, file } of examples) form.append(name, new Blob([Uint8Array.from(file)]), 'drawing.png');
  const response = await fetch(url, { method: 'POST', headers, body: form });
  const body = (await response.json()) as Answer & { readonly detail?: string };
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${body.detail}`);
  return body;
}

async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; body: T }> {
  const started = performance.now();
  const body = await work();
  return { ms: performance.now() - started, body };
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
