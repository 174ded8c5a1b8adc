import type { Manifest } from '../../package/manifest.ts';

/** What the encoder of a package reads. */
type Kind = 'image' | 'text' | 'audio' | 'tensor';

/** Two `curl` calls, adapt and predict, with inputs of the kind that the package, or its encoder, reads. */
export function cardExample(manifest: Manifest, encoder?: Kind): string {
  const isPicture = manifest.input.preprocessing.kind === 'image';
  const calls = encoder ? contents[encoder](manifest) : isPicture ? drawings(manifest) : numbers(manifest);
  return [
    'Start the service (`npm start`). Then adapt a task, here `mine`, and predict:',
    `\`\`\`sh\n${calls.join('\n')}\n\`\`\``,
  ].join('\n\n');
}

const form = ({ name }: Manifest, support: readonly string[], query: string): string[] => [
  `curl -H 'prefer: wait=10' ${support.map((each) => `-F ${each}`).join(' ')} 'localhost:3000/tasks/mine/adapt?model=${name}'`,
  `curl -F ${query} localhost:3000/tasks/mine/predict`,
];

const drawings = (manifest: Manifest) =>
  form(manifest, ['alef=@alef.png', 'bet=@bet.png'], 'input=@unknown.png');

/** The name of a field is the label. Two examples of each label, so that the quality can be estimated. */
const contents: Readonly<Record<Kind, (manifest: Manifest) => string[]>> = {
  image: (manifest) =>
    form(
      manifest,
      ['cup=@cup-1.jpg', 'cup=@cup-2.jpg', 'hat=@hat-1.jpg', 'hat=@hat-2.jpg'],
      'photo=@unknown.jpg',
    ),
  audio: (manifest) =>
    form(
      manifest,
      ['yes=@yes-1.wav', 'yes=@yes-2.wav', 'no=@no-1.wav', 'no=@no-2.wav'],
      'sound=@unknown.wav',
    ),
  text: (manifest) =>
    form(
      manifest,
      [
        "lost='I lost my card'",
        "lost='my card was stolen'",
        "balance='how much money do I have'",
        "balance='what is my balance'",
      ],
      "text='somebody took my card'",
    ),
  tensor: ({ name }) => [
    '# […]: the numbers of one example, in the shape that the encoder reads',
    `curl -H 'prefer: wait=10' -H 'content-type: application/json' localhost:3000/tasks/mine/adapt -d '{"model":"${name}","support":[{"input":[…],"label":"a"},{"input":[…],"label":"b"}]}'`,
    `curl -H 'content-type: application/json' localhost:3000/tasks/mine/predict -d '{"inputs":[[…]]}'`,
  ],
};

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
