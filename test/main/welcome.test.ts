import { describe, expect, it } from 'vitest';
import { welcome } from '../../src/main/server/welcome.ts';
import type { Manifest } from '../../src/package/manifest.ts';

describe('the welcome text', () => {
  const models = ['photos', 'text', 'rows', 'speech', 'omniglot-protonets'].map(
    (name) => ({ name }) as Manifest,
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
    const other = { name: 'sinusoid-maml' } as Manifest;
    expect(calls(welcome('http://127.0.0.1:3000', [other], null))).toEqual([]);
  });
});
