import { setFlagsFromString } from 'node:v8';

/**
 * Lets the heap of each thread grow to three times what is alive before the next major collection. By default, V8 makes five of
 * them a second during adaptations, because of the tensors that pass through the main thread (docs/decisions/0023).
 */
export function raiseHeapGrowth(): void {
  setFlagsFromString('--heap-growing-percent=200');
}
