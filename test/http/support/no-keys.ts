import type { AccessKeys } from '../../../src/http/admission/access.ts';

/** The keys of a service that has never had a key. */
export const noKeys: AccessKeys = {
  required: async () => false,
  verify: () => Promise.reject(new Error('Expected no call')),
  acceptedLately: () => null,
  hasCachedKey: () => false,
  isStillValid: async () => true,
  isBeingDeleted: async () => false,
};
