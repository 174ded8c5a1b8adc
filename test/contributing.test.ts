import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { algorithms } from '../src/algorithms/catalogue.ts';
import { modelCard } from '../src/main/generate/model-card.ts';
import { settingsPage } from '../src/main/generate/settings-page.ts';

const root = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const table = read('CONTRIBUTING.md').split('## How to add …')[1]?.split('\n## ')[0] ?? '';
const rows = table
  .split('\n')
  .filter((line) => /^\| (an?|another|the) /.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()));
/** The paths of the table, such as `src/http/routes/<noun>.ts`. A placeholder in angle brackets stands for any name. */
const paths = [...table.matchAll(/`((?:src|test|models|docs|bench)\/[^` ]*)`/g)].map(([, path = '']) => path);
const places = (path: string) => {
  const pattern = path.replace(/<\w+>/g, '*').replace(/\/$/, '');
  return matching(pattern);
};

/** The paths below the root that match a pattern. A star stands for a part of a name. */
function matching(pattern: string): readonly string[] {
  return pattern.split('/').reduce<readonly string[]>(
    (found, part) => {
      const name = new RegExp(`^${part.replace(/[.+]/g, '\\$&').replaceAll('*', '[^/]*')}$`);
      return found.flatMap((folder) => {
        const inside = join(root, folder);
        const entries = listing(inside).filter((entry) => name.test(entry));
        return entries.map((entry) => join(folder, entry));
      });
    },
    [''],
  );
}

function listing(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

const namesIn = (folder: string) =>
  readdirSync(join(root, folder))
    .filter((file) => file.endsWith('.ts'))
    .map((file) => basename(file, '.ts'));

describe('the table of files to change', () => {
  it('has a row for each thing that people add', () => {
    expect(rows.map(([, thing]) => thing)).toEqual([
      'an operator',
      'an operator of imported models',
      'an algorithm',
      'a network',
      'a data set',
      'a preprocessing step',
      'a kind of content',
      'an encoder',
      'a package',
      'a package of your own images',
      'a text of the page',
      'a kind of input of the page',
      'a section of the page',
      'a route',
      'an adapter',
      'a store with data of tenants',
      'another store than LMDB and Redis',
      'a command',
      'a setting',
      'a setting of an adaptation',
      'a field of a prediction',
      'a part of what a tenant uses, and of its quota',
      'the text of an error',
      'a query parameter',
      'an option of a command',
      'a step of reading drawings',
      'a picture format',
      'a sound format',
      'a type of body',
      'a data type of the inference protocol',
      'a package that `auto` chooses',
      'an error code',
      'a part of the report card',
      'a kind of column of tables',
      'a section of `bench/TRUST.md`',
      'an event for webhooks',
      'a metric',
    ]);
  });

  it.each([...new Set(paths)])('names %s, which exists', (path) => {
    expect(places(path)).not.toEqual([]);
  });

  it('is checked by this test for paths that do not exist', () => {
    expect(places('src/algorithms/<room>/<name>.ts')).toContain('src/algorithms/optimisation/maml.ts');
    expect(places('src/tasks/<name>.ts')).toEqual([]);
    expect(paths.length).toBeGreaterThan(30);
  });
});

describe('the table of numbers', () => {
  const quoted = (cell = '') => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
  const numbers = (read('CONTRIBUTING.md').split('## Where a number is')[1]?.split('\n## ')[0] ?? '')
    .split('\n')
    .map((line) => line.split('|').slice(2).map(quoted))
    .filter(([constants = []]) => constants.length > 0);

  it('has the constants of its files', () => {
    expect(numbers.length).toBeGreaterThan(8);
    for (const [constants = [], files = []] of numbers) {
      const sources = files.map(read).join('\n');
      const missing = constants.filter((name) => !sources.includes(`const ${name} = `));
      expect([files, missing]).toEqual([files, []]);
    }
  });
});

describe('steps that are easy to forget', () => {
  it('each algorithm is in the catalogue under its name', () => {
    const definedIn = (folder: string) =>
      namesIn(folder).filter((name) =>
        /export const \w+ = defineAlgorithm\(/.test(read(`${folder}/${name}.ts`)),
      );
    const rooms = readdirSync(join(root, 'src/algorithms'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `src/algorithms/${name}`);
    const defined = rooms.flatMap(definedIn);
    expect(defined.sort()).toEqual(Object.keys(algorithms).sort());
    for (const [name, algorithm] of Object.entries(algorithms)) expect(algorithm.name).toBe(name);
  });

  it('each package has the files that train writes', () => {
    const wanted = [
      'README.md',
      'init.onnx',
      'model.json',
      'predict.onnx',
      'recipe.json',
      'training-curve.svg',
    ];
    // Packages for tables are not trained; `npm run tables` writes them.
    const untrained = ['README.md', 'init.onnx', 'model.json', 'predict.onnx', 'results.json'];
    for (const name of readdirSync(join(root, 'models'))) {
      const files = readdirSync(join(root, 'models', name));
      const isTrained = !files.includes('results.json');
      expect(files).toEqual(expect.arrayContaining(isTrained ? wanted : untrained));
      expect(JSON.parse(read(`models/${name}/model.json`)).name).toBe(name);
      if (isTrained) expect(JSON.parse(read(`models/${name}/recipe.json`)).name).toBe(name);
      expect(read('bench/ACCURACY.md')).toContain(name);
    }
  });

  it.each(readdirSync(join(root, 'models')))(
    'the card of %s is that of its template (npm run cards)',
    async (name) => {
      expect(read(`models/${name}/README.md`)).toBe(await modelCard(join(root, 'models', name)));
    },
  );

  it('each route is registered', () => {
    const app = read('src/http/app.ts');
    for (const name of namesIn('src/http/routes'))
      expect([name, app.includes(`./routes/${name}.ts`) || isUsedByRoutes(name)]).toEqual([name, true]);
  });

  it('each setting is on the page of settings (npm run settings writes it)', () => {
    expect(read('docs/settings.md')).toBe(settingsPage());
  });
});

/** Whether another file of routes imports this one. */
function isUsedByRoutes(name: string): boolean {
  return namesIn('src/http/routes').some((other) =>
    read(`src/http/routes/${other}.ts`).includes(`'./${name}.ts'`),
  );
}
