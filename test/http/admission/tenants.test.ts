import { describe, expect, it } from 'vitest';
import { type Body, contentRequests } from '../support/contents.ts';
import { startApp } from '../support/start-app.ts';

const http = startApp({ byKind: true, environment: { HOST: '0.0.0.0' } });

async function callerOf(tenant: string) {
  const { token } = await http.keys.issue(tenant);
  const authorization = `Bearer ${token}`;
  const post = (path: string, { payload, headers, query }: Body, more: object = {}) =>
    http.app.inject({
      method: 'POST',
      url: `${path}?${query ?? ''}`,
      payload,
      headers: { authorization, prefer: 'wait=20', ...headers, ...more },
    });
  const send = (method: 'GET' | 'DELETE', url: string) =>
    http.app.inject({ method, url, headers: { authorization } });
  return { post, send };
}

describe.each(contentRequests)(
  'two tenants with the same $name',
  ({ name, adapt, other, predict, label }) => {
    const task = name.replaceAll(' ', '-');

    it('have tasks, examples, answers and keys of their own', async () => {
      const [acme, bert] = [await callerOf('acme'), await callerOf('bert')];
      const key = { 'idempotency-key': 'same' };
      const first = await acme.post(`/tasks/${task}/adapt`, adapt, key);
      expect(first.json(), first.body).toMatchObject({ status: 'succeeded' });
      expect((await bert.send('GET', `/tasks/${task}`)).statusCode).toBe(404);
      expect((await bert.post(`/tasks/${task}/predict`, predict)).json().code).toBe('task_not_found');
      const unseen = `/tasks/${task}/adaptations/${first.json().id}`;
      expect((await bert.send('GET', unseen)).statusCode).toBe(404);

      // The same key with other content is a first request here, and the same content is another adaptation.
      expect((await bert.post(`/tasks/${task}-2/adapt`, other, key)).statusCode).toBe(200);
      const second = await bert.post(`/tasks/${task}/adapt`, adapt, key);
      expect(second.json()).toMatchObject({ status: 'succeeded', support: first.json().support });
      expect(second.json().id).not.toBe(first.json().id);
      const answers = await Promise.all(
        [acme, bert].map((each) => each.post(`/tasks/${task}/predict`, predict)),
      );
      for (const answer of answers) expect(answer.json().predictions).toMatchObject([{ label }]);

      // What one deletes stays with the other, even if their contents were equal.
      expect((await acme.send('DELETE', `/tasks/${task}`)).statusCode).toBe(204);
      expect((await acme.post(`/tasks/${task}/predict`, predict)).json().code).toBe('task_not_found');
      expect((await bert.post(`/tasks/${task}/predict`, predict)).json().predictions).toMatchObject([
        { label },
      ]);
      const again = await bert.post(`/tasks/${task}/adapt`, { ...adapt });
      expect(again.json().id).toBe(second.json().id);
      for (const each of [task, `${task}-2`]) await bert.send('DELETE', `/tasks/${each}`);
      expect((await bert.send('GET', '/tasks')).json().data).toEqual([]);
    });
  },
);
