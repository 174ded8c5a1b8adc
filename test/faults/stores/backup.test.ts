import { execFile, execFileSync } from 'node:child_process';
import { cp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseConfig } from '../../../src/config/parse.ts';
import { type Composed, compose } from '../../../src/main/server/compose.ts';
import type { Service } from '../../../src/service/service.ts';
import { eventually } from '../../support/eventually.ts';
import { modelsFolder } from '../../support/files/models-folder.ts';
import { describeWith } from '../../support/redis/redis.ts';
import { privateServers } from '../../support/redis/server.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { corners, settle } from '../../support/service.ts';

const copyable = await withClient();

/** Follows the steps in docs/operating.md. */
describe('backup and restore', () => {
  const query = [{ kind: 'json', value: [0.2, 0.4] }] as const;
  const ask = async (service: Service) => {
    const { timings: _, ...answer } = await service.predict('default', 'signs', query);
    return answer;
  };

  async function open(models: string, environment: Record<string, string>): Promise<Composed> {
    const config = parseConfig({ MODELS_DIR: models, ...environment });
    return compose(config, pino({ level: 'silent' }));
  }

  async function models(): Promise<string> {
    const folder = await modelsFolder();
    onTestFinished(() => rm(folder, { recursive: true }));
    return folder;
  }

  /** Makes one task that answers predictions, and one whose adaptation is still queued. */
  async function fill({ service, work, drain }: Composed) {
    await work();
    const { id } = await settle(service, await service.adapt('default', 'signs', corners));
    // Probabilities are final once the report, which comes after the end, has their temperature.
    await eventually(
      async () => expect((await service.adaptation('default', 'signs', id)).report).toBeTruthy(),
      10_000,
    );
    const answer = await ask(service);
    await drain();
    const waiting = await service.adapt('default', 'later', corners);
    return { answer, waiting };
  }

  async function check({ service, work }: Composed, { answer, waiting }: Awaited<ReturnType<typeof fill>>) {
    expect(await ask(service)).toEqual(answer);
    expect(await service.adaptation('default', 'later', waiting.id)).toMatchObject({ status: 'queued' });
    await work();
    expect(await settle(service, waiting)).toMatchObject({ status: 'succeeded' });
  }

  it('copies DATA_DIR, with or without the states', async () => {
    const [folder, original, copy] = [await models(), await scratchFolder(), await scratchFolder()];
    const filled = await open(folder, { DATA_DIR: original });
    const before = await fill(filled);
    await filled[Symbol.asyncDispose]();
    await cp(original, copy, { recursive: true });
    await rm(join(copy, 'states'), { recursive: true });
    await using restored = await open(folder, { DATA_DIR: copy });
    await check(restored, before);
  });

  describeWith(copyable, false, 'Redis', (start) => {
    it('copies a running Redis, and reads the copy before it starts an append-only file', {
      timeout: 60_000,
    }, async () => {
      const [folder, data] = [await models(), await scratchFolder()];
      const file = join(data, 'backup.rdb');
      await using original = await start();
      const filled = await open(folder, { REDIS_URL: original.url });
      const before = await fill(filled);
      await promisify(execFile)('redis-cli', ['-u', original.url, '--rdb', file]);
      await filled[Symbol.asyncDispose]();

      await rename(file, join(data, 'dump.rdb'));
      {
        await using reading = await start(['--dir', data, '--appendonly', 'no']);
        await cli(reading.url, 'config', 'set', 'appendonly', 'yes');
        await expect
          .poll(() => cli(reading.url, 'info', 'persistence'), { timeout: 10_000 })
          .toMatch(/aof_rewrite_in_progress:0.*aof_last_bgrewrite_status:ok/s);
      }
      await using appending = await start(['--dir', data, '--appendonly', 'yes']);
      await using restored = await open(folder, { REDIS_URL: appending.url });
      await check(restored, before);
    });

    it('shows that a Redis with an append-only file ignores the copy and starts empty', async () => {
      const data = await scratchFolder();
      await using original = await start();
      await cli(original.url, 'set', 'key', 'value');
      await promisify(execFile)('redis-cli', ['-u', original.url, '--rdb', join(data, 'dump.rdb')]);
      await using naive = await start(['--dir', data, '--appendonly', 'yes']);
      expect(await cli(naive.url, 'dbsize')).toBe('0\n');
    });
  });
});

async function cli(url: string, ...command: string[]): Promise<string> {
  return (await promisify(execFile)('redis-cli', ['-u', url, ...command])).stdout;
}

async function withClient() {
  try {
    execFileSync('redis-cli', ['--version']);
  } catch {
    return 'Expected redis-cli on the PATH, found none';
  }
  return privateServers();
}
