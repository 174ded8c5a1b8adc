/**
 * Rendezvous hashing: answers the index in 0…`count` − 1 with the highest hash of index and key. It chooses the thread for
 * `key`. Keys are distributed evenly. When `count` changes, only keys whose highest hash changes move.
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

/** FNV-1a, then the finaliser of MurmurHash3. With FNV-1a alone, the leading digit would hardly change the result. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
