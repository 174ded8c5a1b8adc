/**
 * Index of the place, of `count`, that serves `key`: the one of the highest hash of both. Keys spread evenly, and
 * with another count only those move that must.
 * @see Thaler & Ravishankar, "Using name-based mappings to increase hit rates" (1998), section III.
 */
export function rendezvous(key: string, count: number): number {
  let best = 0;
  let highest = -1;
  for (let place = 0; place < count; place++) {
    const weight = hash(`${place}:${key}`);
    if (weight > highest) [best, highest] = [place, weight];
  }
  return best;
}

/** FNV-1a, then the finaliser of MurmurHash3: FNV alone hardly changes with a leading digit. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
