/** A point of a stroke: x and y from 0 to 1, and the pressure of the pen from 0 to 1. */
export interface Point {
  readonly x: number;
  readonly y: number;
  readonly pressure: number;
}
export type Stroke = readonly Point[];

/** The larger side of the box around the strokes, as a part of the square. */
export function extentOf(strokes: readonly Stroke[]): number {
  const points = strokes.flat();
  const along = (axis: 'x' | 'y') => {
    const values = points.map((point) => point[axis]);
    return Math.max(...values) - Math.min(...values);
  };
  return points.length === 0 ? 0 : Math.max(along('x'), along('y'));
}

/** Width of a line at full pressure, as a part of the side. Mice and fingers have half of it. */
const WIDTH = 0.075;

/** Draws strokes into a square of `side` pixels. */
export function drawStrokes(
  context: CanvasRenderingContext2D,
  strokes: readonly Stroke[],
  side: number,
): void {
  context.lineCap = 'round';
  context.lineJoin = 'round';
  for (const stroke of strokes) {
    stroke.forEach((point, i) => {
      const from = stroke[i - 1] ?? point;
      context.lineWidth = Math.max(0.3, (from.pressure + point.pressure) / 2) * WIDTH * side;
      context.beginPath();
      context.moveTo(from.x * side, from.y * side);
      context.lineTo(point.x * side, point.y * side);
      context.stroke();
    });
  }
}

const PICTURE_SIDE = 112;

/** The strokes as a PNG file: black ink on white paper. */
export async function pictureOf(strokes: readonly Stroke[]): Promise<Blob> {
  const canvas = document.createElement('canvas');
  canvas.width = PICTURE_SIDE;
  canvas.height = PICTURE_SIDE;
  const context = canvas.getContext('2d') as CanvasRenderingContext2D;
  context.fillStyle = '#fff';
  context.fillRect(0, 0, PICTURE_SIDE, PICTURE_SIDE);
  drawStrokes(context, strokes, PICTURE_SIDE);
  return blobOf(canvas, 'image/png');
}

export function blobOf(canvas: HTMLCanvasElement, type: string, quality?: number): Promise<Blob> {
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error('The picture is too large for this browser'))),
      type,
      quality,
    );
  });
}

/** A picture of a square of ink, where 1 is ink and 0 is paper. */
export function tensorPicture(ink: Float32Array, side: number): Promise<Blob> {
  const canvas = document.createElement('canvas');
  canvas.width = side;
  canvas.height = side;
  const context = canvas.getContext('2d') as CanvasRenderingContext2D;
  const image = context.createImageData(side, side);
  ink.forEach((value, i) => {
    image.data.fill(Math.round(255 * (1 - value)), 4 * i, 4 * i + 3);
    image.data[4 * i + 3] = 255;
  });
  context.putImageData(image, 0, 0);
  return blobOf(canvas, 'image/png');
}
