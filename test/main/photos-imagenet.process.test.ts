import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { innerloop } from '../cli/innerloop.ts';
import { scratchFolder } from '../support/scratch.ts';
import { startServerProcess } from '../support/servers/server-process.ts';

const root = join(import.meta.dirname, '../..');
/** A copy of the file that the catalogue names. */
const copy = process.env.INNERLOOP_MOBILENET_V2;

describe('photos, before and after encoders get', () => {
  it.skipIf(!copy)('are read by photos, then by photos-imagenet (needs INNERLOOP_MOBILENET_V2)', async () => {
    const DATA_DIR = await scratchFolder();
    const environment = { DATA_DIR, MODELS_DIR: join(root, 'models') };
    const photo = (name: string) => readFile(join(root, 'test/fixtures/photos', `${name}.jpg`));
    /** Teaches two kinds of fruit in a new process. Answers the package and the label of another photo. */
    async function learn(task: string): Promise<readonly [string, string]> {
      const server = await startServerProcess(environment);
      onTestFinished(() => server.stop('SIGTERM').then(() => undefined));
      const post = async (path: string, files: Readonly<Record<string, string>>) => {
        const body = new FormData();
        for (const [field, name] of Object.entries(files))
          body.append(field, new Blob([new Uint8Array(await photo(name))]), `${field}.jpg`);
        const answer = await fetch(`${server.address}/tasks/${task}/${path}`, {
          method: 'POST',
          headers: { prefer: 'wait=30' },
          body,
        });
        return (await answer.json()) as { model: string; predictions: { label: string }[] };
      };
      const { model } = await post('adapt', { avocado: 'avocado/1', ginger: 'ginger/1' });
      const { predictions } = await post('predict', { photo: 'ginger/2' });
      await server.stop('SIGTERM');
      return [model, predictions[0]?.label ?? ''];
    }
    expect(await learn('before')).toEqual(['photos@1.0.0', 'ginger']);
    const got = await innerloop(
      ['encoders', 'get', 'mobilenet-v2', '--from', copy as string],
      undefined,
      environment,
    );
    expect(got).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('mobilenet-v2 1.0.0 (Apache-2.0)'),
    });
    expect(await learn('after')).toEqual(['photos-imagenet@1.0.0', 'ginger']);
  });
});
