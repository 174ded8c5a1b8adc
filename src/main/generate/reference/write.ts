import { writeFile } from 'node:fs/promises';
import { errorsPage } from './errors-page.ts';
import { formatsPage } from './formats-page.ts';

/** `npm run reference`: writes the committed pages of error codes and of formats. */
await writeFile(new URL('../../../../docs/errors.md', import.meta.url), errorsPage());
await writeFile(new URL('../../../../docs/formats.md', import.meta.url), formatsPage());
