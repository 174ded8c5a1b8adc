import { explain } from '../../cli/server/connection.ts';
import { createClient } from '../../client/index.ts';
import type { Random } from '../../training/random.ts';
import { demoDrawings } from './drawings.ts';

const model = 'omniglot-protonets';
const [ways, shots, perCharacter] = [5, 1, 10];
/** Width of a column: the length of the longest character name. */
const width = 44;

interface Example {
  readonly label: string;
  readonly input: File;
}

/**
 * Adapts to characters that the model was not trained on, from one drawing of each, and predicts further drawings, through
 * the public API, and deletes its task. Returns the accuracy.
 */
export async function runDemo(
  url: string,
  random: Random,
  print: (line: string) => void,
  signal: AbortSignal,
): Promise<number> {
  const { origin, characters } = await demoDrawings(random, ways, shots + perCharacter);
  print(`drawings    ${origin}`);
  const pick = (from: number, to?: number): Example[] =>
    characters.flatMap(({ name, files }) =>
      files
        .slice(from, to)
        .map((file) => ({ label: name, input: new File([Uint8Array.from(file)], 'drawing.png') })),
    );
  const support = pick(0, shots);
  const queries = pick(shots);
  const task = `demo-${Date.now().toString(36)}`;
  const client = createClient({ server: url, fetch: (input, init) => fetch(input, init).catch(explain) });

  await using _ = {
    async [Symbol.asyncDispose]() {
      await client.tasks.delete(task).catch(() => undefined);
    },
  };

  const adapting = await timed(() => client.adapt(task, { model, support }, { signal }));
  const { timings, model: version } = adapting.body;
  print(`adapted     ${version} to ${support.length} drawings, ${shots} of each character`);

  const ask = (some: readonly Example[]) =>
    timed(() =>
      client.predict(
        task,
        some.map(({ input }) => input),
        { signal },
      ),
    );
  const alone: Awaited<ReturnType<typeof ask>>[] = [];
  for (const example of queries) alone.push(await ask([example]));
  const together = await ask(queries);

  print('');
  print(`  ${'drawn'.padEnd(width)} ${'predicted'.padEnd(width)} probability`);
  const answers = together.body.predictions.map(({ label, probabilities = {} }, i) => {
    const { label: name } = queries[i] as Example;
    const said = label ?? 'none of these';
    const verdict = label === name ? '' : '  wrong';
    // Print a few drawings of each character. The accuracy counts all of them.
    if (i % (queries.length / characters.length) < 3) {
      print(`  ${name.padEnd(width)} ${said.padEnd(width)} ${percent(probabilities[said] ?? 0)}${verdict}`);
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
