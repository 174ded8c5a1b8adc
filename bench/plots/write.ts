import { writeFile } from 'node:fs/promises';
import { plots } from './plots.ts';

/** `npm run plots`: writes the plots of `README.md`, and `docs/choosing.md`. */
for (const [path, content] of Object.entries(await plots()))
  await writeFile(new URL(`../../docs/${path}`, import.meta.url), content);
