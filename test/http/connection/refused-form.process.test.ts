import type { IncomingMessage } from 'node:http';
import { expect, it } from 'vitest';
import { form, glyph } from '../support/bodies.ts';
import { startApp } from '../support/start-app.ts';

const http = startApp();
const gate = glyph('gate', 1);

/** Sends the form over a connection; answers the status, and whether the server has read the whole body by itself. */
async function send(path: string, files: Parameters<typeof form>[0]) {
  if (!http.app.server.listening) await http.app.listen({ port: 0 });
  const isRead = new Promise<boolean>((resolve) => {
    http.app.server.once('request', (request: IncomingMessage) =>
      request.once('close', () => resolve(request.readableEnded)),
    );
  });
  const { payload, headers } = form(files);
  const address = http.app.listeningOrigin;
  const answer = await fetch(`${address}${path}`, { method: 'POST', headers, body: new Uint8Array(payload) });
  await answer.text();
  return { status: answer.status, isRead: await isRead };
}

// A connection with an unread body is closed after some time, which can interrupt its next request.
it.each<[string, string, Parameters<typeof form>[0]]>([
  [
    'a label that is empty',
    '/tasks/a/adapt?model=tiny-glyph-prototypes',
    [
      ['', gate],
      ['gate', gate],
    ],
  ],
  [
    'a label that is too long',
    '/tasks/a/adapt?model=tiny-glyph-prototypes',
    [
      ['n'.repeat(200), gate],
      ['gate', gate],
    ],
  ],
  [
    'a file that is empty',
    '/tasks/a/adapt?model=tiny-glyph-prototypes',
    [
      ['gate', Buffer.alloc(0)],
      ['knot', gate],
    ],
  ],
  [
    'a file that is none, before a large one',
    '/tasks/a/adapt?model=tiny-glyph-prototypes',
    [
      ['gate', Buffer.alloc(9)],
      ['knot', Buffer.alloc(2 ** 20)],
    ],
  ],
  [
    'a task that is not there',
    '/tasks/none/predict',
    [
      ['gate', gate],
      ['knot', Buffer.alloc(2 ** 20)],
    ],
  ],
])('the body of a form is read to its end when it is refused for %s', async (_what, path, files) => {
  expect(await send(path, files)).toEqual({
    status: expect.toSatisfy((status) => status >= 400),
    isRead: true,
  });
});
