import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { conv4 } from '../../../src/nn/conv4.ts';
import { classifier } from '../../../src/nn/network.ts';
import { preflight } from '../../../src/training/loop/preflight.ts';
import { readRecipe } from '../../../src/training/recipe/read-recipe.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { rawDecoder, tinyOmniglot } from '../datasets/tiny-omniglot.ts';

const recipePath = join(import.meta.dirname, '../../../models/omniglot-protonets/recipe.json');

it('lists each evaluation on data that cannot be read, beside all other problems', async () => {
  const recipe = await readRecipe(recipePath);
  const [evaluation] = recipe.evaluations;
  if (!evaluation) throw new Error('Expected an evaluation');
  const net = classifier(conv4({ inputShape: [1, 28, 28], filters: 1, normalisation: 'none' }));
  const nothing = async () => {
    throw new Error('Nothing of this is read');
  };
  const path = await tinyOmniglot(2);
  await writeFile(join(path, 'splits', 'val.txt'), 'Aztec/character01\n');
  const checked = preflight(
    {
      ...recipe,
      dataset: { name: 'omniglot', path },
      evaluations: [
        { ...evaluation, data: '/nowhere/first' },
        { ...evaluation, data: '/nowhere/second' },
      ],
    },
    { net, served: net },
    await scratchFolder(),
    {
      decoder: rawDecoder(),
      cacheDirectory: await scratchFolder(),
      openEncoder: nothing,
      readPackage: nothing,
    },
  );
  await expect(checked).rejects.toMatchObject({ code: 'invalid_recipe' });
  await expect(checked).rejects.toThrow(
    /\/training\/queries: .*\/evaluations\/0\/data: expected data that the package can read, got .*\/nowhere\/first.*\/evaluations\/1\/data: .*\/nowhere\/second/s,
  );
});
