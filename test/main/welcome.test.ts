import { describe, expect, it } from 'vitest';
import { welcome } from '../../src/main/server/welcome.ts';
import type { InstalledModel } from '../../src/service/models.ts';

describe('the welcome text', () => {
  const models = ['photos', 'text', 'rows', 'speech', 'omniglot-protonets'].map(
    (name) => ({ name, status: 'ready' }) as InstalledModel,
  );
  const calls = (text: string) => text.split('\n').filter((line) => line.includes('curl '));

  it.each(models)('calls $name with the required key', (model) => {
    const withKey = calls(welcome('http://127.0.0.1:3000', [model], 'il_the-key'));
    expect(withKey).toHaveLength(2);
    for (const call of withKey) expect(call).toContain("-H 'Authorization: Bearer il_the-key' ");
    const without = calls(welcome('http://127.0.0.1:3000', [model], null));
    expect(without).toEqual(
      withKey.map((call) => call.replace(" -H 'Authorization: Bearer il_the-key'", '')),
    );
  });

  it('calls nothing if no package of a job is installed', () => {
    const other = { name: 'sinusoid-maml', status: 'ready' } as InstalledModel;
    expect(calls(welcome('http://127.0.0.1:3000', [other], null))).toEqual([]);
  });

  it('says how a package gets its encoder, and does not call it', () => {
    const command = 'innerloop encoders get mobilenet-v2';
    const missing = { name: 'photos', status: 'encoder_missing', command } as InstalledModel;
    const text = welcome('http://127.0.0.1:3000', [missing], null);
    expect(text).toMatch(
      /Packages: +none.*\n +photos needs an encoder: innerloop encoders get mobilenet-v2\n/,
    );
    expect(calls(text)).toEqual([]);
  });
});
