/**
 * Morphological closing of a plane [h, w] with a square of side `2 radius + 1`. Dark parts narrower than the square are
 * removed. At the edge, pixels outside the plane are ignored.
 *
 * @see Serra, Image Analysis and Mathematical Morphology (1982): a dilation, and then an erosion.
 */
export function closing(plane: Float32Array, width: number, height: number, radius: number): Float32Array {
  const [wide, high] = [width + 2 * radius, height + 2 * radius];
  const rows = dilate(plane, width, height, radius);
  const dilated = dilate(transpose(rows, wide, height), height, wide, radius);
  const columns = erode(dilated, high, wide, radius);
  return erode(transpose(columns, height, wide), wide, height, radius);
}

/** Each line grows by `radius` at both ends; a value is the largest of those within `radius`. */
function dilate(lines: Float32Array, length: number, count: number, radius: number): Float32Array {
  const longer = length + 2 * radius;
  const out = new Float32Array(longer * count);
  for (let line = 0; line < count; line++) {
    for (let i = 0; i < longer; i++) {
      const end = line * length + Math.min(length - 1, i);
      let most = lines[end] as number;
      for (let at = line * length + Math.max(0, i - 2 * radius); at < end; at++) {
        if ((lines[at] as number) > most) most = lines[at] as number;
      }
      out[line * longer + i] = most;
    }
  }
  return out;
}

/** Each line shrinks by `radius` at both ends; a value is the smallest of those within `radius`. */
function erode(lines: Float32Array, length: number, count: number, radius: number): Float32Array {
  const shorter = length - 2 * radius;
  const out = new Float32Array(shorter * count);
  for (let line = 0; line < count; line++) {
    for (let i = 0; i < shorter; i++) {
      const start = line * length + i;
      let least = lines[start] as number;
      for (let at = start + 1; at <= start + 2 * radius; at++) {
        if ((lines[at] as number) < least) least = lines[at] as number;
      }
      out[line * shorter + i] = least;
    }
  }
  return out;
}

function transpose(plane: Float32Array, width: number, height: number): Float32Array {
  const out = new Float32Array(plane.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) out[x * height + y] = plane[y * width + x] as number;
  }
  return out;
}
