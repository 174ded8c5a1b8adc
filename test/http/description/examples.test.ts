import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseConfig } from '../../../src/config/parse.ts';
import { buildApp } from '../../../src/http/app.ts';
import { examples } from '../../../src/main/generate/answers/examples.ts';
import { compose } from '../../../src/main/server/compose.ts';
import { conv4 } from '../../../src/nn/conv4.ts';
import { mlp } from '../../../src/nn/mlp.ts';
import { classifier, regressor } from '../../../src/nn/network.ts';
import { modelsFolder } from '../../support/files/models-folder.ts';
import { inMemory } from '../../support/memory/adapters.ts';
import { packagesByKind } from '../../support/packages/by-kind.ts';
import { tinyPackage } from '../../support/packages.ts';
import { noKeys } from '../support/no-keys.ts';

describe('the examples of the documentation page', () => {
  it('adapt and predict unchanged', async () => {
    // Untrained stand-ins of the bundled packages: same names, same shapes.
    const glyphs = classifier(conv4({ inputShape: [1, 28, 28], filters: 4, normalisation: 'none' }));
    const data = await mkdtemp(join(tmpdir(), 'innerloop-data-'));
    const encoders = join(data, 'encoders');
    const models = await modelsFolder([
      ...(await packagesByKind(encoders)),
      tinyPackage('sinusoid-maml', 'maml', regressor(mlp([1, 8, 1])), { order: 1 }),
      tinyPackage('omniglot-protonets', 'protonets', glyphs, {}),
    ]);
    const config = parseConfig({ MODELS_DIR: models, DATA_DIR: data, ENCODERS_DIR: encoders });
    const composed = await compose(config, pino({ level: 'silent' }), inMemory);
    await composed.loaded;
    composed.work();
    const app = await buildApp({ service: composed.service, keys: noKeys, version: '0.0.0' });
    onTestFinished(async () => {
      await app.close();
      await composed[Symbol.asyncDispose]();
      for (const folder of [models, data]) await rm(folder, { recursive: true });
    });

    const names = Object.keys(examples.adapt) as (keyof typeof examples.adapt)[];
    expect(Object.keys(examples.predict)).toEqual(names);
    for (const name of names) {
      const url = `/tasks/${name}`;
      const headers = { prefer: 'wait=20' };
      const adapted = await app.inject({
        method: 'POST',
        url: `${url}/adapt`,
        payload: examples.adapt[name].value,
        headers,
      });
      expect(adapted.json(), name).toMatchObject({ status: 'succeeded', warnings: [] });
      const payload = examples.predict[name].value;
      const predicted = await app.inject({ method: 'POST', url: `${url}/predict`, payload });
      expect(predicted.json().predictions).toHaveLength(payload.inputs.length);
    }
  });
});
