import { writeFile } from 'node:fs/promises';
import { settingsPage } from './settings-page.ts';

/** `npm run settings`: writes the committed page of settings. */
await writeFile(new URL('../../../docs/settings.md', import.meta.url), settingsPage());
