import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderCurve, type TrainingCurve } from '../../../src/training/card/curve.ts';

const points = (values: readonly number[], every = 1) =>
  values.map((value, i) => ({ at: (i + 1) * every, value }));
const curve = (change: Partial<TrainingCurve> = {}): TrainingCurve => ({
  title: 'omniglot-maml',
  xLabel: 'iterations',
  loss: points([1.6, 1.2, 0.9, 0.5]),
  validation: { metric: 'accuracy', points: points([0.6, 0.9], 2) },
  ...change,
});
const labels = (svg: string) =>
  [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, content]) => content);
const paths = (svg: string, series: string) =>
  [...svg.matchAll(new RegExp(`<path class="${series}" d="M([^"Zh]*)Z?"`, 'g'))].map(([, d = '']) =>
    d.split('L').map((place) => place.split(' ').map(Number)),
  );

describe('training curve', () => {
  it('shows title, axes with ticks, both legends and the last values', () => {
    const shown = labels(renderCurve(curve()));
    for (const label of [
      'omniglot-maml',
      'training loss',
      'validation accuracy',
      'iterations',
      '60 %',
      '4',
      '90 %',
    ]) {
      expect(shown).toContain(label);
    }
  });

  it('draws a falling loss from high to low and a rising accuracy from low to high', () => {
    const svg = renderCurve(curve());
    const loss = paths(svg, 'loss').at(-1) ?? [];
    const accuracy = paths(svg, 'validation').at(-1) ?? [];
    expect(loss).toHaveLength(4);
    expect(loss[0]?.[1]).toBeLessThan(loss[3]?.[1] ?? 0);
    expect(accuracy[0]?.[1]).toBeGreaterThan(accuracy[1]?.[1] ?? 0);
    expect(accuracy[1]?.[0]).toBe(loss[3]?.[0]);
  });

  it('uses a logarithmic axis, and says so, if the loss falls more than twentyfold', () => {
    expect(labels(renderCurve(curve({ loss: points([4, 1, 0.1]) })))).toContain('training loss, logarithmic');
    expect(labels(renderCurve(curve({ loss: points([4, 1, 0.3]) })))).toContain('training loss');
  });

  it('stays small for long training: at most 300 points a line, under 40 kB', () => {
    const loss = points(Array.from({ length: 60_000 }, (_, i) => 1 + Math.sin(i) / 2));
    const svg = renderCurve(curve({ loss }));
    expect(paths(svg, 'loss faint')[0]?.length).toBe(300);
    expect(svg.length).toBeLessThan(40_000);
  });

  it('keeps the mean of a noisy series when it reduces the points', () => {
    const loss = points(Array.from({ length: 6000 }, (_, i) => (i % 2 === 0 ? 1 : 3)));
    expect(labels(renderCurve(curve({ loss })))).toContain('2');
    expect(new Set(paths(renderCurve(curve({ loss })), 'loss')[0]?.map(([, y]) => y)).size).toBe(1);
  });

  it('keeps every mark inside the picture, for any values', () => {
    const positive = fc.double({ min: 1e-9, max: 1e9, noNaN: true });
    const fraction = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(positive, { maxLength: 400 }),
        fc.array(fraction, { maxLength: 50 }),
        (loss, accuracy) => {
          const svg = renderCurve(
            curve({ loss: points(loss), validation: { metric: 'accuracy', points: points(accuracy, 7) } }),
          );
          expect(svg).not.toMatch(/NaN|Infinity/);
          const height = Number(/viewBox="0 0 720 (\d+)"/.exec(svg)?.[1]);
          const marks = ['loss', 'loss faint', 'validation'].flatMap((series) => paths(svg, series)).flat();
          for (const [x = 0, y = 0] of marks) {
            expect(x).toBeGreaterThanOrEqual(0);
            expect(x).toBeLessThanOrEqual(720);
            expect(y).toBeGreaterThanOrEqual(0);
            expect(y).toBeLessThanOrEqual(height);
          }
        },
      ),
    );
  });

  it('has no validation panel if there was no validation', () => {
    const svg = renderCurve(curve({ validation: { metric: 'error', points: [] } }));
    expect(svg).not.toContain('validation error');
  });

  it('is one self-contained file with colours for dark readers, and no markup from its title', () => {
    const svg = renderCurve(curve({ title: '<script>"a" & b' }));
    expect(svg).toContain('prefers-color-scheme:dark');
    expect(svg).not.toMatch(/<script|href|url\(|@import/);
    expect(svg).toContain('&lt;script&gt;&quot;a&quot; &amp; b');
  });
});
