import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parseManifest } from '../../package/parse-manifest.ts';
import { renderCard } from '../../training/card/card.ts';
import { datasetCard } from '../../training/datasets/catalogue.ts';
import { CURVE } from '../../training/loop/publish.ts';
import { readRecipe } from '../../training/recipe/read-recipe.ts';
import { recipePath } from '../../training/recipe/write-recipe.ts';
import { renderTableCard, resultsOfTables } from '../../training/tables/table-card.ts';

/** The card of a package of this repository as `train` or `npm run tables` would write it. */
export async function modelCard(directory: string): Promise<string> {
  const manifest = parseManifest(await readFile(join(directory, 'model.json')));
  const results = await resultsOfTables(directory);
  if (results) return renderTableCard(manifest, results);
  const recipe = await readRecipe(recipePath(directory));
  const data = await datasetCard(recipe.dataset);
  return renderCard({ manifest, recipe, data, folder: `models/${basename(directory)}`, curve: CURVE });
}
