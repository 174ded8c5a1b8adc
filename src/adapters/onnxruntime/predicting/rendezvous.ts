/**
 * Rendezvous hashing: the index in 0…`count` − 1 of the thread that serves `key`, the one with the highest hash of index
 * and key. Keys spread evenly. When `count` changes, only the keys move whose highest hash changes.
 * @see Thaler & Ravishankar, "Using name-based mappings to increase hit rates" (1998), section III.
 */
export function rendezvous(key: string, count: number): number {
  let best = 0;
  let highest = -1;
  for (let index = 0; index < count; index++) {
    const weight = hash(`${index}:${key}`);
    if (weight > highest) [best, highest] = [index, weight];
  }
  return best;
}

/** FNV-1a, then the finaliser of MurmurHash3: with FNV-1a alone the leading digit hardly changes the result. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
