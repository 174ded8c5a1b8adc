import { writeFile } from 'node:fs/promises';
import { commandLinePage } from './command-line-page.ts';

/** `npm run command-line`: writes the committed page of the command line. */
await writeFile(new URL('../../../docs/command-line.md', import.meta.url), await commandLinePage());
