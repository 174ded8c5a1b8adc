import { signal } from '@preact/signals';
import type { Call } from './call.ts';

/** A call that was sent. The list has the latest call of each method, path and purpose. */
export interface Sent {
  readonly call: Call;
  readonly status: number;
  readonly ms: number;
}

const KEPT = 40;
export const sent = signal<readonly Sent[]>([]);

/** Identifies a call in the list. */
export const idOf = ({ method, path, purpose }: Pick<Call, 'method' | 'path' | 'purpose'>) =>
  `${method} ${path} ${purpose ?? ''}`;

export function remember(latest: Sent): void {
  const others = sent.value.filter(({ call }) => idOf(call) !== idOf(latest.call));
  sent.value = [latest, ...others].slice(0, KEPT);
}
