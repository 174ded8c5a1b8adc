import { writeFile } from 'node:fs/promises';
import { describeRoutes } from './describe-routes.ts';

/** `npm run openapi`: writes the committed description of the API from the routes. */
const file = new URL('../../../openapi/openapi.json', import.meta.url);
await writeFile(file, await describeRoutes());
