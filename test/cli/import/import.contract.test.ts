import { readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeModel } from '../../../src/onnx/decode.ts';
import { encodeModel } from '../../../src/onnx/encode.ts';
import { readEncoder } from '../../../src/package/encoder/read-encoder.ts';
import { residualNetwork, textTransformer } from '../../encoders/import/networks.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { innerloop } from '../innerloop.ts';

const run = (folder: string, args: readonly string[], environment = {}) =>
  innerloop(['import', ...args], undefined, { DATA_DIR: join(folder, 'data'), ...environment });

async function folderWith(files: Readonly<Record<string, Uint8Array>>): Promise<string> {
  const folder = await scratchFolder();
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
  return folder;
}

const tokenizer = Buffer.from(
  JSON.stringify({
    padding: { pad_id: 3 },
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: { type: 'Whitespace' },
    post_processor: null,
    decoder: null,
    model: { type: 'WordPiece', unk_token: '[UNK]', vocab: { '[UNK]': 0, a: 1 } },
  }),
);

describe('innerloop import', () => {
  it('makes an encoder of a model, and says what it found', async () => {
    const folder = await folderWith({ 'model.onnx': residualNetwork().bytes });
    const path = join(folder, 'model.onnx');
    const settings = ['--fit', 'contain', '--mean', '0.5', '--std', '0.25,0.5,0.25', '--license', 'MIT'];
    const { code, stdout, stderr } = await run(folder, [
      path,
      '--name',
      'mine',
      '--input',
      'image',
      ...settings,
    ]);
    expect(code).toBe(0);
    expect(stderr).toBe('Reading mine, and comparing it with the original\n');
    expect(stdout).toMatch(/inputs +image float32 \[1, 3, 16, 16\]/);
    expect(stdout).toMatch(/features +pooled: 6 numbers, pooling: none/);
    expect(stdout).toMatch(/form +values/);
    expect(stdout).toMatch(/differs from the original by \d/);
    const { manifest } = await readEncoder(join(folder, 'data', 'encoders', 'mine'));
    expect(manifest).toMatchObject({
      name: 'mine',
      license: 'MIT',
      features: 6,
      sources: [{ file: 'model.onnx', origin: 'file:model.onnx' }],
      preparation: { fit: 'contain', mean: [0.5, 0.5, 0.5], deviation: [0.25, 0.5, 0.25] },
    });
  });

  it('finds the tokenizer beside the model', async () => {
    const files = { 'model.onnx': textTransformer().bytes, 'tokenizer.json': tokenizer };
    const folder = await folderWith(files);
    const args = [join(folder, 'model.onnx'), '--name', 'texts', '--input', 'text', '--tokens', '12'];
    const { code, stdout } = await run(folder, [...args, '--out', folder]);
    expect(code).toBe(0);
    expect(stdout).toContain('A text is read at its own length, and cut after 12 tokens');
    const { manifest } = await readEncoder(join(folder, 'texts'));
    expect(manifest.preparation).toMatchObject({ maxTokens: 12, tokens: { pad: 3 } });
  });

  it.each([
    [['--input', 'image'], 2, /Expected --name/],
    [['--name', 'mine'], 2, /Expected --input/],
    [
      ['--name', 'mine', '--input', 'video'],
      2,
      /Expected --input to be image, text, audio, vector, got "video"/,
    ],
    [['--name', 'mine', '--input', 'image', '--mean', '1,2'], 2, /Expected --mean to be 1 or 3 numbers/],
    [['--name', 'mine', '--input', 'image', '--size', 'big'], 2, /Expected --size to be one whole number/],
    [
      ['--name', 'mine', '--input', 'image', '--layer', 'no such'],
      1,
      /expected --layer to name a tensor or node/,
    ],
    [['--name', 'mine', '--input', 'audio'], 1, /expected input image to be samples/],
    [['--name', 'Mine', '--input', 'image'], 1, /a name of a-z/],
  ] as const)('refuses %j', async (args, code, message) => {
    const folder = await folderWith({ 'model.onnx': residualNetwork().bytes });
    const result = await run(folder, [join(folder, 'model.onnx'), ...args]);
    expect(result.code).toBe(code);
    expect(result.stderr).toMatch(message);
  });

  it('refuses a tokenizer that the service could not use', async () => {
    const files = { 'model.onnx': textTransformer().bytes, 'tokenizer.json': Buffer.from('{"model": {}}') };
    const folder = await folderWith(files);
    const { code, stderr } = await run(folder, [
      join(folder, 'model.onnx'),
      ...['--name', 'texts', '--input', 'text', '--out', folder],
    ]);
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/tokenizer.json: expected/),
    });
  });

  it('refuses a name that leaves its folder before it reads or writes anything', async () => {
    const folder = await scratchFolder();
    const args = [join(folder, 'none.onnx'), '--name', '../outside', '--input', 'image', '--out', folder];
    const { code, stderr } = await run(folder, args);
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/\/name: .*a name of a-z/),
    });
    expect(await readdir(folder)).toEqual([]);
  });

  it('writes no characters of a model that a terminal obeys', async () => {
    const model = decodeModel(residualNetwork().bytes);
    const renamed = (name: string) => (name === 'pooled' ? 'pool\u001b[31med\u202e' : name);
    const nodes = model.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(renamed),
      outputs: node.outputs.map(renamed),
    }));
    const folder = await folderWith({ 'model.onnx': encodeModel({ ...model, nodes }) });
    const args = ['--name', 'mine', '--input', 'image', '--out', folder];
    const { code, stdout } = await run(folder, [join(folder, 'model.onnx'), ...args]);
    expect(code).toBe(0);
    expect(stdout).toContain('pool\ufffd[31med\ufffd');
    expect(stdout).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u);
  });

  it('refuses files that are not there, too large or no models', async () => {
    const files = {
      'model.onnx': residualNetwork().bytes,
      'text.onnx': Buffer.from('no model'),
      'large.onnx': Buffer.alloc(2 ** 20 + 1),
    };
    const folder = await folderWith(files);
    const named = (file: string) =>
      run(folder, [join(folder, file), '--name', 'mine', '--input', 'image'], {
        IMPORT_MAX_BYTES: `${2 ** 20}`,
      });
    expect(await named('none.onnx')).toMatchObject({ code: 1, stderr: expect.stringMatching(/none.onnx/) });
    expect(await named('text.onnx')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/a whole ONNX model/),
    });
    expect(await named('large.onnx')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/IMPORT_MAX_BYTES/),
    });
    await symlink('/dev/zero', join(folder, 'endless.onnx'));
    expect(await named('endless.onnx')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/endless.onnx: expected a file, got something else/),
    });
  });
});
