import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { modelCard } from './generate/model-card.ts';

/** `npm run cards`: writes the cards of the packages in `models/` again, after their template has changed. */
const models = fileURLToPath(new URL('../../models', import.meta.url));
for (const name of await readdir(models)) {
  const directory = join(models, name);
  await writeFile(join(directory, 'README.md'), await modelCard(directory));
}
