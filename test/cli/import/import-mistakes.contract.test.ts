import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { residualNetwork } from '../../encoders/import/networks.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { innerloop } from '../innerloop.ts';

describe('innerloop import tells of a mistake before it makes an encoder that is wrong', () => {
  let folder = '';
  let model = '';
  beforeEach(async () => {
    folder = await scratchFolder();
    model = join(folder, 'model.onnx');
    await writeFile(model, residualNetwork().bytes);
  });
  const run = (...args: readonly string[]) => innerloop(['import', ...args], undefined, { DATA_DIR: folder });
  const image = (...args: readonly string[]) =>
    run(model, ...(args.includes('--name') ? [] : ['--name', 'mine']), '--input', 'image', ...args);

  it('names every option that is missing, and what it may be', async () => {
    const { code, stderr } = await run(model);
    expect(code).toBe(2);
    expect(stderr).toContain('Expected --name and --input image|text|audio|vector');
  });

  it.each([
    [['--mean', '123.675,116.28,103.53'], /--mean to be of pixels 0…1, from 0 to 1, .* divide .* by 255/],
    [['--std', '0'], /--std to be of pixels 0…1, above 0 and at most 1, got "0"\n/],
    [['--rate', '8000'], /Expected --rate with --input audio alone, got --input image/],
    [['--tokens', '12'], /Expected --tokens with --input text alone/],
    [['--name', 'use-lite'], /Expected --name to be none of .*use-lite.*, got use-lite/],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await image(...args);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });

  it.each([
    ['model.pt', [0x50, 0x4b, 3, 4], /expected a model: export it to ONNX, got an archive \(\.pt of PyTorch/],
    ['old.pt', [0x80, 2, 0x8a], /got a pickle/],
    ['model.h5', [0x89, 0x48, 0x44, 0x46], /got HDF5/],
    ['model.safetensors', [2, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7d], /got a \.safetensors file/],
  ])('says what %s is', async (name, bytes, message) => {
    const path = join(folder, name);
    await writeFile(path, Uint8Array.from(bytes));
    const { code, stderr } = await run(path, '--name', 'mine', '--input', 'image');
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
  });

  it('says what it assumed about pictures, and nothing about what was given', async () => {
    const assumed = await image('--name', 'assumed', '--std', '0.5');
    expect(assumed.stdout).toContain('mean [0.485, 0.456, 0.406] are assumed. --mean set others');
    expect(assumed.stdout).toContain('To make a package over it: innerloop train --encoder assumed --data <');
    const given = await image('--name', 'given', '--mean', '0.5', '--std', '0.5');
    expect(given.stdout).not.toContain('assumed');
  });

  it('keeps another encoder of the same name unless an option replaces it', async () => {
    const manifest = () => readFile(join(folder, 'encoders', 'kept', 'encoder.json'), 'utf8');
    const half = ['--name', 'kept', '--mean', '0.5', '--std', '0.5'];
    expect((await image(...half)).code).toBe(0);
    const before = await manifest();
    expect((await image(...half)).code).toBe(0);
    const other = await image('--name', 'kept');
    expect(other.stderr).toMatch(/a name that is free, got kept: another encoder is in .*--replace it/);
    expect(await manifest()).toBe(before);
    expect((await image('--name', 'kept', '--replace')).code).toBe(0);
    expect(await manifest()).not.toBe(before);
  });
});
