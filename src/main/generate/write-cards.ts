import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { modelCard } from './model-card.ts';

/** `npm run cards`: writes the cards of all packages in `models/` again. Run it after a change of the template. */
const models = fileURLToPath(new URL('../../../models', import.meta.url));
for (const name of await readdir(models)) {
  const directory = join(models, name);
  await writeFile(join(directory, 'README.md'), await modelCard(directory));
}
