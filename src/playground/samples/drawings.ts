import type { Point, Stroke } from '../media/strokes.ts';

type Path = readonly (readonly [x: number, y: number])[];

const circle = (turns: number, from: number, to: number): Path =>
  Array.from({ length: 40 }, (_, i) => {
    const t = i / 39;
    const radius = from + (to - from) * t;
    const angle = 2 * Math.PI * turns * t - Math.PI / 2;
    return [0.5 + radius * Math.cos(angle), 0.5 + radius * Math.sin(angle)];
  });

/** Signs as strokes, in a square from 0 to 1. */
export const SIGNS: Readonly<Record<'spiral' | 'gate' | 'bolt', readonly Path[]>> = {
  spiral: [circle(2.3, 0.06, 0.36)],
  gate: [
    [
      [0.18, 0.28],
      [0.82, 0.24],
    ],
    [
      [0.3, 0.26],
      [0.28, 0.84],
    ],
    [
      [0.7, 0.25],
      [0.73, 0.84],
    ],
  ],
  bolt: [
    [
      [0.62, 0.12],
      [0.34, 0.5],
      [0.64, 0.48],
      [0.38, 0.88],
    ],
  ],
};

/** A sign as another hand would draw it: turned, slanted and scaled a little. The same variant is always the same. */
export function handDrawn(paths: readonly Path[], variant: number): Stroke[] {
  const angle = 0.22 * Math.sin(2.4 * variant + 1);
  const scale = 1 - 0.13 * Math.abs(Math.sin(1.7 * variant));
  const slant = 0.2 * Math.sin(3.1 * variant + 0.5);
  return paths.map((path) =>
    path.map(([x, y], i): Point => {
      const [u, v] = [(x - 0.5) * scale + slant * (0.5 - y), (y - 0.5) * scale];
      const tremble = 0.012 * Math.sin(5 * i + 2 * variant);
      return {
        x: 0.5 + u * Math.cos(angle) - v * Math.sin(angle) + tremble,
        y: 0.5 + u * Math.sin(angle) + v * Math.cos(angle) - tremble,
        pressure: 0.5,
      };
    }),
  );
}
