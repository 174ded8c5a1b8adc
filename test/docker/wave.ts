import { expect } from 'vitest';

const support = [-4, -2, 0, 2, 4].map((x) => ({ input: [x], target: [Math.sin(x)] }));

/** Adapts a task of the service at `url` to a wave, and checks a predicted point. */
export async function learnsWave(url: string, key: string, task: string): Promise<void> {
  const post = async (path: string, body: object) => {
    const response = await fetch(`${url}/tasks/${task}/${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        prefer: 'wait=30',
      },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: await response.json() };
  };
  expect(await post('adapt', { model: 'sinusoid-maml', support })).toMatchObject({
    status: 200,
    body: { status: 'succeeded', progress: { step: 5, steps: 5 } },
  });
  expect(await post('predict', { inputs: [[1]] })).toMatchObject({
    status: 200,
    body: { task, predictions: [{ value: [expect.any(Number)] }] },
  });
}
