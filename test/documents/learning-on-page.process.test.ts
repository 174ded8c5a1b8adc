import { expect, it } from 'vitest';
import { isJson, linesOfPage } from './calls-of-page.ts';

it('the calls of docs/learning-on.md review an unsure prediction and learn a new label from it', async () => {
  const lines = await linesOfPage('learning-on.md', ['text']);
  const answers = lines.filter(isJson).map((line) => JSON.parse(line));
  const [asked, learnt] = answers.filter(({ predictions }) => predictions);
  expect(asked.predictions).toMatchObject([
    { id: expect.stringMatching(/^prd_/), label: 'card_lost' },
    { label: 'balance' },
    {},
  ]);
  expect(lines.filter((line) => !isJson(line))).toEqual(['Is the branch open on Sunday?']);
  const feedback = answers.find(({ object }) => object === 'feedback');
  expect(feedback).toMatchObject({
    example: { label: 'opening_hours', source: 'feedback' },
    adaptation: { task: 'requests' },
  });
  expect(learnt.predictions).toMatchObject([{ label: 'opening_hours' }]);
  expect(answers.at(-1)).toMatchObject({ object: 'quality', feedback: { n: 1, estimate: 0 } });
}, 60_000);
