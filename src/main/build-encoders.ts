import { parseArgs } from 'node:util';
import { buildEncoder } from '../encoders/build-encoder.ts';
import { encoderBuilders } from '../encoders/catalogue.ts';

/**
 * `npm run encoders -- [names]`: builds the encoders of these names, else all, into `--out` (default: `encoders`).
 */
const { values, positionals } = parseArgs({
  options: { out: { type: 'string', default: 'encoders' } },
  allowPositionals: true,
});
const known = Object.keys(encoderBuilders);
const wrong = positionals.find((name) => !known.includes(name));
if (wrong !== undefined) throw new RangeError(`Expected names among ${known.join(', ')}, got ${wrong}`);
for (const [name, builder] of Object.entries(encoderBuilders)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  const startedAt = performance.now();
  const { manifest, folder } = await buildEncoder(values.out, builder);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(2);
  console.log(`${folder}  ${manifest.digest}  ${manifest.features} features  ${seconds} s`);
}
