import { createHash } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createFetchPinned } from '../../../src/adapters/download/fetch-pinned.ts';
import { readEncoder } from '../../../src/package/encoder/read-encoder.ts';
import { residualNetwork } from '../../encoders/import/networks.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { type Answer, openFileServer, redirectTo, sendFile } from '../../support/servers/file-server.ts';
import { innerloop } from '../innerloop.ts';

describe('innerloop import --from', () => {
  const { bytes } = residualNetwork();
  const digest = createHash('sha256').update(bytes).digest('hex');
  const named = ['--name', 'mine', '--input', 'image'];

  const run = (folder: string, args: readonly string[]) =>
    innerloop(['import', ...args], undefined, { DATA_DIR: join(folder, 'data') });

  async function fromServer(answer: Answer, sha256 = digest, environment = {}) {
    await using server = await openFileServer(answer);
    const folder = await scratchFolder();
    const result = await innerloop(
      ['import', '--from', `${server.origin}/files/model.onnx?token=secret`, '--sha256', sha256, ...named],
      undefined,
      { DATA_DIR: folder, ...environment },
      undefined,
      createFetchPinned({ fetch: server.fetch }),
    );
    return { ...result, encoders: join(folder, 'encoders'), origin: server.origin };
  }

  it('makes an encoder of a model on a server, and says where it was without the query', async () => {
    const { code, stderr, encoders, origin } = await fromServer(sendFile(bytes));
    expect(code, stderr).toBe(0);
    const { manifest } = await readEncoder(join(encoders, 'mine'));
    expect(manifest.sources).toEqual([
      { file: 'model.onnx', origin: `${origin}/files/model.onnx`, sha256: `sha256:${digest}` },
    ]);
    expect(await readdir(join(encoders, 'downloads'))).toEqual([]);
  });

  it('makes the same encoder of a file, and reads nothing beside it', async () => {
    const folder = await scratchFolder();
    await writeFile(join(folder, 'model.onnx'), bytes);
    await writeFile(join(folder, 'preprocessor_config.json'), '{');
    const args = ['--from', join(folder, 'model.onnx'), '--sha256', digest.toUpperCase(), ...named];
    expect(await run(folder, args)).toMatchObject({ code: 0 });
    const { manifest } = await readEncoder(join(folder, 'data', 'encoders', 'mine'));
    expect(manifest.sources).toEqual([
      { file: 'model.onnx', origin: 'file:model.onnx', sha256: `sha256:${digest}` },
    ]);
  });

  it('reads nothing of a file with another digest, and keeps none of it', async () => {
    // Parsing this would fail with another message.
    const { code, stderr, encoders } = await fromServer(sendFile(Buffer.from('no model')));
    expect(code).toBe(1);
    expect(stderr).toContain(digest);
    expect(stderr).not.toContain('a whole ONNX model');
    expect((await readdir(join(encoders, 'downloads'))).length).toBe(0);
  });

  it.each<[string, Answer, RegExp, object]>([
    ['a larger file', sendFile(Buffer.alloc(2 ** 20 + 1)), /1048576/, { IMPORT_MAX_BYTES: `${2 ** 20}` }],
    ['a redirect to http:', redirectTo('http://localhost/model.onnx'), /https:/, {}],
  ])('refuses %s', async (_, answer, message, environment) => {
    const { code, stderr } = await fromServer(answer, digest, environment);
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
  });

  it.each([
    [['--from', 'https://example.org/model.onnx'], 2, /Expected --sha256 with --from/],
    [['--from', 'https://example.org/model.onnx', '--sha256', '../../x'], 2, /64 hexadecimal digits/],
    [['--from', 'http://example.org/model.onnx', '--sha256', digest], 2, /https: address/],
    [['model.onnx', '--from', 'https://example.org/', '--sha256', digest], 2, /MODEL or --from, got both/],
    [['model.onnx', '--sha256', digest], 2, /Expected --from with --sha256/],
    [[], 2, /Expected MODEL, or --from and --sha256/],
  ] as const)('refuses %j', async (args, code, message) => {
    const result = await run(await scratchFolder(), [...args, ...named]);
    expect(result.stderr).toMatch(message);
    expect(result.code).toBe(code);
  });
});
