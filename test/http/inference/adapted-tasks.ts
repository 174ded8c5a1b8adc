import { beforeAll } from 'vitest';
import { curve, dataUrl, glyph, points } from '../support/bodies.ts';
import { startApp } from '../support/start-app.ts';

/**
 * An app with the adapted tasks `points`, `curve` and `glyphs`, and the task `fresh`, which is not adapted. `ids` has the
 * adaptation of each task.
 */
export function startWithTasks() {
  const http = startApp();
  const ids: Record<string, string> = {};
  const adapt = async (task: string, payload: object): Promise<string> => {
    const headers = { prefer: 'wait=20' };
    return (await http.app.inject({ method: 'POST', url: `/tasks/${task}/adapt`, payload, headers })).json()
      .id;
  };
  beforeAll(async () => {
    ids.points = await adapt('points', points);
    ids.curve = await adapt('curve', curve);
    const glyphs = ['gate', 'knot'].map((label) => ({ label, input: dataUrl(glyph(label, 1)) }));
    ids.glyphs = await adapt('glyphs', { model: 'tiny-glyph-prototypes', support: glyphs });
    await http.app.inject({ method: 'PUT', url: '/tasks/fresh', payload: { model: 'tiny-prototypes' } });
  });
  return { http, ids, adapt };
}

/** The input x [2, 2] of a request. */
export const inputX = (rest: object) => ({ name: 'x', shape: [2, 2], datatype: 'FP32', ...rest });
