import type { ServiceOptions } from '../service-options.ts';

const none = () => Promise.reject(new Error('Expected a service with encoders'));

/** For a service whose packages name no encoders. */
export const noEncoders = Object.freeze({
  decoder: { canonical: none, prepare: none, thumbnail: none },
  embedder: { embed: none },
}) satisfies Required<Pick<ServiceOptions, 'decoder' | 'embedder'>>;
