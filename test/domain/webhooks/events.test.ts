import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import {
  messageBody,
  TEST_EVENT,
  WEBHOOK_EVENTS,
  webhookEvents,
} from '../../../src/domain/webhooks/events.ts';

const page = readFileSync(new URL('../../../docs/webhooks.md', import.meta.url), 'utf8');

it.each([...WEBHOOK_EVENTS, TEST_EVENT])('%s is on the page of webhooks', (event) => {
  expect(page).toContain(`| \`${event}\` |`);
});

it('each event is named as <noun>.<what happened> and says when it happens', () => {
  for (const [name, when] of Object.entries(webhookEvents)) {
    expect(name).toMatch(/^[a-z]+\.[a-z]+(_[a-z]+)*$/);
    expect(when).toMatch(/^[A-Z].*\.$/);
  }
});

it('the body of a message has the members of the specification', () => {
  const body = messageBody('adaptation.failed', '2026-01-01T00:00:00.000Z', { task: 'a' });
  expect(JSON.parse(body)).toEqual({
    type: 'adaptation.failed',
    timestamp: '2026-01-01T00:00:00.000Z',
    data: { task: 'a' },
  });
});
