import { fileURLToPath } from 'node:url';
import { InnerloopError } from '../../errors.ts';
import type { Encoder } from '../../package/encoder/encoder.ts';
import { readEncoders } from '../../package/encoder/read-encoder.ts';
import { builtEncoders } from './built-encoders.ts';

/** Where `npm run encoders` writes, and where `innerloop encoders get` and the first start of a checkout do. */
const folders = () => [
  process.env.ENCODERS_DIR || fileURLToPath(new URL('../../../encoders', import.meta.url)),
  builtEncoders({ DATA_DIR: process.env.DATA_DIR || './data' }),
];

/** The encoder of this name on this machine. @throws InnerloopError `invalid_config` if there is none */
export async function localEncoder(name: string): Promise<Encoder> {
  const encoders = (await Promise.all(folders().map(readEncoders))).flat();
  const found = encoders.find(({ manifest }) => manifest.name === name);
  if (found) return found;
  const got = encoders.map(({ manifest }) => manifest.name).join(', ') || 'none';
  const message = `Expected encoder ${name} in ${folders().join(' or ')}, got ${got}: npm run encoders builds some, innerloop encoders get downloads others`;
  throw new InnerloopError('invalid_config', message);
}
