import { describe, expect, it, onTestFinished } from 'vitest';
import { InnerloopError } from '../../../src/errors.ts';
import { buildApp } from '../../../src/http/app.ts';
import { statusOf } from '../../../src/http/errors/status.ts';
import type { Service } from '../../../src/service/service.ts';
import { noKeys } from '../support/no-keys.ts';

/** An app in which every call for a task fails with this error. */
async function failing(error: unknown) {
  const service = { task: async () => Promise.reject(error) } as unknown as Service;
  const app = await buildApp({ service, keys: noKeys, version: '0.0.0' });
  onTestFinished(() => app.close());
  return app;
}

describe('problems', () => {
  it('show only the request id of an internal error, and no details', async () => {
    const app = await failing(new Error('secret at /srv/innerloop/x.ts'));
    const answer = await app.inject({ url: '/tasks/any' });
    expect(answer.statusCode).toBe(500);
    expect(answer.json()).toEqual({
      type: 'urn:innerloop:problem:internal',
      title: 'Internal',
      status: 500,
      detail: expect.stringContaining(String(answer.headers['x-request-id'])),
      instance: '/tasks/any',
      code: 'internal',
    });
  });

  it('contain pointer, expected, got and the time to try again', async () => {
    const details = { pointer: '/a', expected: 'b', got: 'c', retryAfterSeconds: 7 };
    const app = await failing(new InnerloopError('too_many_queued', 'Later', details));
    const answer = await app.inject({ url: '/tasks/any' });
    expect(answer.statusCode).toBe(429);
    expect(answer.headers['retry-after']).toBe('7');
    expect(answer.json()).toMatchObject({
      detail: 'Later',
      instance: '/tasks/any',
      pointer: '/a',
      expected: 'b',
      got: 'c',
    });
  });

  it('contain the path without its query', async () => {
    const app = await failing(new Error('unused'));
    const answer = await app.inject({ url: '/tasks/any?x=y' });
    expect(answer.json()).toMatchObject({ status: 400, instance: '/tasks/any' });
  });

  it.each(['/tasks/a%zz', '/tasks/%ff', '/tasks/b%C3'])('name what a path must be: %s', async (url) => {
    const app = await failing(new Error('unused'));
    const answer = await app.inject({ url });
    expect([answer.statusCode, answer.json().detail]).toEqual([
      400,
      `Expected percent-escapes of UTF-8 in the path, got "${url}"`,
    ]);
  });

  it('do not repeat a name in a path that is too long', async () => {
    const app = await failing(new Error('unused'));
    const answer = await app.inject({ url: `/tasks/${'x'.repeat(300)}` });
    expect([answer.statusCode, answer.json().detail]).toEqual([
      400,
      `Expected at most 256 characters in each name in the path, got "/tasks/${'x'.repeat(93)}"`,
    ]);
  });

  it('have the published codes and statuses', () => {
    const byStatus: Record<number, string[]> = {};
    for (const [code, status] of Object.entries(statusOf))
      byStatus[status] = [...(byStatus[status] ?? []), code].sort();
    expect(byStatus).toEqual({
      400: [
        'invalid_audio',
        'invalid_image',
        'invalid_input',
        'invalid_request',
        'invalid_settings',
        'invalid_support_set',
        'model_required',
      ],
      401: ['unauthorized'],
      403: ['forbidden', 'insufficient_scope', 'quota_exceeded'],
      404: [
        'adaptation_not_found',
        'example_not_found',
        'model_not_found',
        'not_found',
        'prediction_not_found',
        'task_not_found',
        'webhook_not_found',
      ],
      405: ['method_not_allowed'],
      409: [
        'adaptation_ended',
        'adaptation_not_succeeded',
        'encoder_missing',
        'examples_not_readable',
        'model_conflict',
        'task_not_adapted',
        'task_not_monitored',
        'webhooks_not_configured',
      ],
      408: ['request_timeout'],
      410: ['adaptation_erased', 'prediction_not_kept'],
      413: ['payload_too_large'],
      415: ['unsupported_media_type'],
      422: ['adaptation_diverged', 'idempotency_key_reused', 'unlearnable_support_set'],
      429: ['rate_limited', 'too_many_queued'],
      431: ['headers_too_large'],
      500: ['adaptation_failed', 'internal', 'invalid_config', 'invalid_package', 'invalid_recipe'],
      503: ['unavailable'],
    });
  });
});
