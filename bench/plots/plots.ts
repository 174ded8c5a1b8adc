import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Manifest } from '../../src/package/manifest.ts';
import { resultsOfTables } from '../../src/training/tables/table-card.ts';
import { accuracyPlot } from './accuracy-plot.ts';
import { choosingPage } from './choosing-page.ts';
import { speedPlot } from './speed-plot.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFile(new URL(path, root), 'utf8');

/** The plots of `README.md` and the page on algorithms, by their paths in `docs`, from committed measurements alone. */
export async function plots(): Promise<Readonly<Record<string, string>>> {
  const names = (await readdir(new URL('models/', root))).toSorted();
  const manifests: Readonly<Record<string, Manifest>> = Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, JSON.parse(await read(`models/${name}/model.json`))])),
  );
  const tables = await resultsOfTables(fileURLToPath(new URL('models/rows', root)));
  if (!tables) throw new Error('Expected results of tables in models/rows');
  const frozen = JSON.parse(await read('bench/accuracy/frozen.json'));
  return {
    'images/accuracy.svg': accuracyPlot({ manifests, frozen, tables }),
    'images/speed.svg': speedPlot(await read('bench/ADAPT.md'), await read('bench/SERVING.md')),
    'choosing.md': choosingPage(manifests),
  };
}
