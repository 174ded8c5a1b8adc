import { appendFileSync } from 'node:fs';
import { createContentDecoder, type DecodingPool } from '../../../src/adapters/decoding/content-decoder.ts';
import { parseConfig } from '../../../src/config/parse.ts';
import { createLogger } from '../../../src/main/server/logger.ts';
import { startServer } from '../../../src/main/server/server.ts';
import type { ContentDecoder } from '../../../src/ports/content-decoder.ts';

/** A server that adds a line to the file EMBEDDED_FILE for each content that it embeds: its process and the content. */
const file = process.env.EMBEDDED_FILE ?? '';

function counting(decoder: DecodingPool): DecodingPool {
  const prepare = decoder.prepare.bind(decoder);
  return Object.assign(decoder, {
    prepare(...[content, ...rest]: Parameters<ContentDecoder['prepare']>) {
      const line = JSON.stringify({ pid: process.pid, text: Buffer.from(content.bytes).toString() });
      appendFileSync(file, `${line}\n`);
      return prepare(content, ...rest);
    },
  });
}

const config = parseConfig(process.env);
const logger = createLogger(config.LOG_LEVEL);
const server = await startServer(config, logger, {
  createDecoder: (options) => counting(createContentDecoder(options)),
});
logger.info({ address: server.address }, 'listening');
process.once('SIGTERM', async () => {
  await server[Symbol.asyncDispose]();
  process.exit(0);
});
