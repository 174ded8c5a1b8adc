import type { Manifest } from '../../package/manifest.ts';

/** Two `curl` calls, adapt and predict, with inputs of the package's kind. */
export function cardExample(manifest: Manifest): string {
  const calls = manifest.input.preprocessing.kind === 'image' ? pictures(manifest) : numbers(manifest);
  return [
    'Start the service (`npm start`). Then adapt a task, here `mine`, and predict:',
    `\`\`\`sh\n${calls.join('\n')}\n\`\`\``,
  ].join('\n\n');
}

function pictures({ name }: Manifest): string[] {
  return [
    `curl -H 'prefer: wait=10' -F alef=@alef.png -F bet=@bet.png 'localhost:3000/tasks/mine/adapt?model=${name}'`,
    "curl -F input=@unknown.png 'localhost:3000/tasks/mine/predict'",
  ];
}

function numbers({ name, task, input, output }: Manifest): string[] {
  const example = (i: number) => ({
    input: filled(input.shape.map(Number), i),
    ...(task === 'classification'
      ? { label: i < 1 ? 'a' : 'b' }
      : { target: filled(output.shape.map(Number), -i / 2) }),
  });
  const support = [-1, 0, 1, 2].map(example);
  return [
    post('adapt', { model: name, support }, " -H 'prefer: wait=10'"),
    post('predict', { inputs: [filled(input.shape.map(Number), 0.5)] }),
  ];
}

const post = (verb: string, body: unknown, headers = '') =>
  `curl${headers} -H 'content-type: application/json' localhost:3000/tasks/mine/${verb} -d '${JSON.stringify(body)}'`;

type Nested = number | Nested[];

/** A nested array of `shape` with one value everywhere. */
const filled = ([first, ...rest]: readonly number[], value: number): Nested =>
  first === undefined ? value : Array.from({ length: first }, () => filled(rest, value));
