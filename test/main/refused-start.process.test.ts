import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { packageDigest, programHashes } from '../../src/package/digest.ts';
import type { Package } from '../../src/package/manifest.ts';
import { modelsFolder } from '../support/files/models-folder.ts';
import { tinyPackages } from '../support/packages.ts';
import { scratchFolder } from '../support/scratch.ts';
import { argumentsOf, startServerProcess } from '../support/servers/server-process.ts';

/** A valid package, except for a product with only one operand. Only the runtime refuses it. */
function refused(): Package {
  const { manifest, programs } = tinyPackages.gradients();
  const text = Buffer.from(programs.predict).toString('latin1').replaceAll('Relu', 'Gemm');
  const changed = { ...programs, predict: Buffer.from(text, 'latin1') };
  const hashes = programHashes(changed);
  return {
    manifest: { ...manifest, programs: hashes, digest: packageDigest(hashes, manifest.input.preprocessing) },
    programs: changed,
  };
}

it('does not start with a package that the runtime refuses, and names it', {
  timeout: 60_000,
}, async () => {
  const models = await modelsFolder([tinyPackages.prototypes(), refused()]);
  onTestFinished(() => rm(models, { recursive: true }));
  const starting = startServerProcess({ MODELS_DIR: models, DATA_DIR: await scratchFolder() });
  await expect(starting).rejects.toThrow(
    /ended with 1 before it listened: innerloop cannot start: The programs of package tiny-gradients could not be loaded/,
  );
});

it('does not start if its address is in use or its folder cannot be created, and names the setting', {
  timeout: 60_000,
}, async () => {
  const taken = createServer();
  onTestFinished(() => void taken.close());
  await once(taken.listen(0, '127.0.0.1'), 'listening');
  const { port } = taken.address() as AddressInfo;
  const models = await modelsFolder();
  onTestFinished(() => rm(models, { recursive: true }));
  const environment = { MODELS_DIR: models, DATA_DIR: await scratchFolder() };
  await expect(startServerProcess({ ...environment, PORT: String(port) })).rejects.toThrow(
    new RegExp(`cannot start: .* HOST 127.0.0.1 with PORT ${port} is used by another process`),
  );
  for (const folder of ['/dev/null/data', '/proc/innerloop'])
    await expect(startServerProcess({ ...environment, DATA_DIR: folder })).rejects.toThrow(
      `cannot start: DATA_DIR must be a folder, or a path for a new one, got "${folder}"`,
    );
});

it('does not start with options, which only the command line reads', async () => {
  const { error, code } = await new Promise<{ error: string; code: unknown }>((resolve) => {
    const args = [...argumentsOf('src/main/serve.ts'), '--port', '8080'];
    execFile(process.execPath, args, (failed, _stdout, stderr) =>
      resolve({ error: stderr, code: failed?.code }),
    );
  });
  expect({ error, code }).toEqual({
    error:
      'innerloop cannot start: Expected no options, got "--port". To use options, run `npm run innerloop -- serve --port …`\n',
    code: 1,
  });
});
