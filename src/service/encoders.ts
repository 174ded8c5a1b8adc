import { InnerloopError } from '../errors.ts';
import type { Encoder } from '../package/encoder/encoder.ts';
import type { Service } from './service.ts';

/** The encoders of the installed packages, by name. */
export function createEncoders(encoders: readonly Encoder[] = []): Pick<Service, 'encoders' | 'encoder'> {
  const manifests = encoders.map(({ manifest }) => manifest).sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    encoders: () => manifests,
    encoder(name) {
      const found = manifests.find((each) => each.name === name);
      if (found) return found;
      const got = name.slice(0, 128);
      throw new InnerloopError('not_found', `There is no encoder ${JSON.stringify(got)}`, {
        expected: manifests.length > 0 ? `one of ${manifests.map((each) => each.name).join(', ')}` : 'none',
        got,
      });
    },
  };
}
