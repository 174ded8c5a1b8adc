import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { tinyEncoder } from '../support/encoders/tiny-encoder.ts';
import { scratchFolder } from '../support/scratch.ts';
import { innerloop } from './innerloop.ts';

let data: string;
const encoders = (...args: readonly string[]) =>
  innerloop(['encoders', ...args], undefined, { DATA_DIR: data, ENCODERS_DIR: join(data, 'none') });

beforeEach(async () => {
  data = await scratchFolder();
});

describe('innerloop encoders', () => {
  it('lists those that are there and those that can be downloaded', async () => {
    await tinyEncoder('text', { directory: join(data, 'encoders') });
    const { code, stdout } = await encoders('list');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^encoder +version +features +licence +state\n/);
    expect(stdout).toMatch(/^tiny-text +1\.0\.0 +8 +Apache-2\.0 +ready$/m);
    expect(stdout).toMatch(/^mobilenet-v2 .* 4070 kB: innerloop encoders get mobilenet-v2$/m);
  });

  it('refuses a file with another content, says which digest it has, and leaves nothing', async () => {
    const from = join(data, 'model.tflite');
    await writeFile(from, 'an html page, perhaps');
    const { code, stdout, stderr } = await encoders('get', 'mobilenet-v2', '--from', from);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/innerloop: Expected sha256 5d313724[0-9a-f]{56} of .*, got [0-9a-f]{64}/);
    expect(await readdir(join(data, 'encoders'))).not.toContain('mobilenet-v2');
  });

  it.each([
    [['get'], /NAME|name/],
    [['get', 'resnet'], /Expected an encoder among mobilenet-v2, got "resnet"/],
    [['get', 'mobilenet-v2', '--from', 'http://example.org/x'], /Expected an https: address .*got http:/],
    [['get', 'mobilenet-v2', '--from'], /Option '--from <address\|file>' argument missing/],
    [['get', 'mobilenet-v2', '--sha256', 'abc'], /Unknown option '--sha256'/],
    [['list', 'all'], /Too many arguments for 'list'/],
    [['remove'], /Unknown command 'remove'/],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await encoders(...args);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });
});
