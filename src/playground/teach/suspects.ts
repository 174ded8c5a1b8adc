import type { Report } from '../../client/index.ts';
import type { Session } from '../state/session.ts';

export type Suspect = Report['suspects'][number];

/** The doubts of the report about examples, by their key. It names them by their position in the support set. */
export function suspectsOf({ adaptation, accepted, isPartial }: Session): ReadonlyMap<number, Suspect> {
  const suspects = adaptation.value?.report?.suspects ?? [];
  if (suspects.length === 0 || isPartial.value) return new Map();
  const keys = [...accepted.keys()];
  return new Map(
    suspects.flatMap((suspect): [number, Suspect][] => {
      const key = suspect.position === null ? undefined : keys[suspect.position];
      return key === undefined ? [] : [[key, suspect]];
    }),
  );
}
