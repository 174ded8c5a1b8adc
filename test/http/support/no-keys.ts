import type { AccessKeys } from '../../../src/http/admission/access.ts';

/** Of a service that has never had a key. */
export const noKeys: AccessKeys = {
  required: async () => false,
  verify: () => Promise.reject(new Error('Expected nobody to ask')),
  hasCachedKey: () => false,
  isStillValid: async () => true,
};
