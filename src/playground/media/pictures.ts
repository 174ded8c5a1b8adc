import { blobOf } from './strokes.ts';

/** Phones turn their own formats into JPEG for a chooser that names these. */
export const PICTURES = 'image/jpeg,image/png,image/webp';

/** The service keeps photos in this size, so larger ones would only take longer. Pixels on the shorter side. */
const SHORTER_SIDE = 512;

/** Makes a photo small, and turns it as its camera was held. A picture that is small enough stays as it is. */
export async function smallPicture(file: Blob): Promise<Blob> {
  const bitmap = await createImageBitmap(file);
  try {
    const scale = SHORTER_SIDE / Math.min(bitmap.width, bitmap.height);
    return scale >= 1 && file.size <= 200_000 ? file : await photoOf(bitmap, bitmap.width, bitmap.height);
  } finally {
    bitmap.close();
  }
}

/** A JPEG file of a photo or of a frame of a video, made small. */
export function photoOf(
  source: CanvasImageSource,
  width: number,
  height: number,
  shorterSide = SHORTER_SIDE,
): Promise<Blob> {
  const scale = Math.min(1, shorterSide / Math.min(width, height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = canvas.getContext('2d') as CanvasRenderingContext2D;
  // JPEG has no transparency: without this, it would be black.
  context.fillStyle = '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  return blobOf(canvas, 'image/jpeg', 0.85);
}

/** A file as a data URL, as the API takes it in JSON. */
export function dataUrlOf(file: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}

/** Whether a video shows more than one colour. The first frames of many cameras are black. */
export function showsSomething(video: HTMLVideoElement): boolean {
  if (video.readyState < video.HAVE_CURRENT_DATA) return false;
  const side = 16;
  const canvas = document.createElement('canvas');
  canvas.width = side;
  canvas.height = side;
  const context = canvas.getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D;
  context.drawImage(video, 0, 0, side, side);
  const pixels = new Uint32Array(context.getImageData(0, 0, side, side).data.buffer);
  return pixels.some((pixel) => pixel !== pixels[0]);
}
