import { expect, it, onTestFinished } from 'vitest';
import { points, steps } from '../../http/support/bodies.ts';
import { eventually } from '../../support/eventually.ts';
import { tinyPackages } from '../../support/packages.ts';
import { adminOf } from '../../support/redis/admin.ts';
import { describeWithRedis, startRedis } from '../../support/redis/redis.ts';
import { serve } from '../../support/servers/serve.ts';
import { client } from '../support/client.ts';

describeWithRedis('processes with unequal packages on one queue', () => {
  it('leave adaptations to processes with their package, and fail them if no process has it', async () => {
    const redis = await startRedis();
    onTestFinished(() => redis[Symbol.asyncDispose]());
    const environment = { REDIS_URL: redis.url };
    const both = [tinyPackages.prototypes(), tinyPackages.gradients()];
    const api = await serve({ ...environment, ROLE: 'api' }, { packages: both });
    await serve({ ...environment, ROLE: 'worker' }, { packages: [tinyPackages.prototypes()] });
    const call = client(api.address);
    const adapt = (task: string, body: object) =>
      call('POST', `/tasks/${task}/adapt`, body, { prefer: 'wait=40' });

    // No worker process has the package yet. A process with it starts in time.
    const early = adapt('early', steps);
    expect((await adapt('other', points)).body).toMatchObject({ status: 'succeeded' });
    const capable = await serve({ ...environment, ROLE: 'worker' }, { packages: both });
    expect((await early).body).toMatchObject({ status: 'succeeded' });
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, i) =>
        adapt(`t${i}`, i % 3 ? { ...steps, settings: { steps: 3, seed: i } } : points),
      ),
    );
    expect(new Set(answers.map(({ body }) => `${body.status} ${body.error?.message}`))).toEqual(
      new Set(['succeeded undefined']),
    );

    const gone = await serve({ ...environment, ROLE: 'api' }, { packages: [tinyPackages.curve()] });
    const lone = await client(gone.address)(
      'POST',
      '/tasks/curve/adapt',
      {
        model: 'tiny-curve',
        support: [
          { input: [0], target: [0] },
          { input: [1], target: [1] },
        ],
      },
      { prefer: 'wait=60' },
    );
    expect(lone.body).toMatchObject({
      status: 'failed',
      error: { message: expect.stringMatching(/no live worker process has this package \(sha256:/) },
    });
    // Whichever process gives up logs the last failure. On a busy machine a command may get its answer late: the process
    // then logs that, opens a new connection and repeats the work. No other line is an error.
    const expected =
      /no live worker process has this package|Command timed out|No answer for|Connection is closed|isn't writeable|cannot be reached/;
    const errors = capable.lines.filter((line) => line.includes('"level":50') && !expected.test(line));
    expect(errors.join('\n')).toBe('');
    const admin = adminOf(redis.url);
    await eventually(async () => expect(await admin.hlen('innerloop:{queue}:states')).toBe(0));
    expect(await admin.hlen('innerloop:{queue}:needs')).toBe(0);
  });
});
