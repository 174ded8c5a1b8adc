import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseConfig } from '../../config/parse.ts';
import { createLogger } from '../server/logger.ts';
import { startServer } from '../server/server.ts';
import { answersOf } from './answers/answers.ts';

/** `npm run answers`: writes the answers of a real service to the examples of the documentation page. */
const data = await mkdtemp(join(tmpdir(), 'innerloop-answers-'));
try {
  const models = fileURLToPath(new URL('../../../models', import.meta.url));
  const config = parseConfig({
    PORT: '0',
    WEBHOOK_NETWORKS: '127.0.0.0/8',
    DATA_DIR: data,
    MODELS_DIR: models,
  });
  await using server = await startServer(config, createLogger('silent'));
  const answers = JSON.stringify(await answersOf(server.address), null, 1);
  const text = `/** Written by \`npm run answers\`. */\nimport type { Recorded } from './recorded.ts';\n\nexport const answers: Recorded = ${answers};\n`;
  await writeFile(new URL('../../http/description/answers.ts', import.meta.url), text);
} finally {
  await rm(data, { recursive: true, force: true });
}
