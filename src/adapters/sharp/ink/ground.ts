import type { Raster } from './raster.ts';

/** If at least this share of the outline is transparent, the opaque pixels are ink and the transparent ones the ground. */
const GROUND = 0.5;
/** If at least this share of the ink is light, it is laid on black. A sticker with a dark outline has less light ink. */
const LIGHT_INK = 0.85;

/**
 * Lays RGBA [h, w, 4] on an opaque ground. If the ground is transparent, light ink is laid on black and other ink on white.
 * If opaque paper has transparent corners or holes, they become white, or black when most opaque pixels are dark.
 */
export function layOnGround(width: number, height: number, rgba: Uint8Array): Raster {
  const value = groundFor(width, height, rgba);
  const data = new Uint8Array(width * height * 3);
  for (let p = 0; p < width * height; p++) {
    const alpha = rgba[p * 4 + 3] as number;
    for (let c = 0; c < 3; c++) {
      data[p * 3 + c] = Math.round(((rgba[p * 4 + c] as number) * alpha + value * (255 - alpha)) / 255);
    }
  }
  return { width, height, channels: 3, data };
}

function groundFor(width: number, height: number, rgba: Uint8Array): 0 | 255 {
  let [light, opaque, clear, outline] = [0, 0, 0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 4;
      const alpha = rgba[at + 3] as number;
      const [r, g, b] = [rgba[at] as number, rgba[at + 1] as number, rgba[at + 2] as number];
      // Luma weights: yellow is light and blue is dark.
      if (0.299 * r + 0.587 * g + 0.114 * b >= 128) light += alpha;
      opaque += alpha;
      if (x > 0 && y > 0 && x < width - 1 && y < height - 1) continue;
      outline += 1;
      if (alpha < 128) clear += 1;
    }
  }
  const most = clear >= GROUND * outline ? LIGHT_INK : 0.5;
  const isLight = opaque > 0 && light >= most * opaque;
  // Ink gets a ground of the opposite shade; holes in paper get the shade of the paper.
  return clear >= GROUND * outline === isLight ? 0 : 255;
}
