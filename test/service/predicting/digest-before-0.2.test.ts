import { expect, it } from 'vitest';
import { programsDigest } from '../../../src/package/digest.ts';
import { createMemoryRunner } from '../../support/memory/program-runner.ts';
import { tinyPackages } from '../../support/packages.ts';
import { openService, settle } from '../../support/service.ts';

const glyphs = tinyPackages.glyphPrototypes();
const old = { ...glyphs, manifest: { ...glyphs.manifest, digest: programsDigest(glyphs.manifest.programs) } };
const drawing = (ink: number) => ({
  kind: 'json' as const,
  value: [Array.from({ length: 28 }, (_, y) => Array(28).fill(y % 2 === 0 ? 0 : ink))],
});

it('answers from an adaptation of a version before 0.2, whose digest did not include the preprocessing', async () => {
  await using oldRunner = createMemoryRunner();
  await oldRunner.load(old);
  await using before = openService(oldRunner, [old]);
  before.service.processAdaptations();
  const support = [0.2, 1].map((ink) => ({ label: `${ink}`, input: drawing(ink) }));
  const taught = await before.service.adapt('acme', 'glyphs', { model: 'tiny-glyph-prototypes', support });
  expect(await settle(before.service, taught)).toMatchObject({ status: 'succeeded' });
  const asked = [0.3, 0.9].map(drawing);
  const { predictions } = await before.service.predict('acme', 'glyphs', asked);

  await using runner = createMemoryRunner();
  await runner.load(glyphs);
  expect(glyphs.manifest.digest).not.toBe(old.manifest.digest);
  // The state is computed again, since this cache is empty.
  await using after = openService(runner, [glyphs], { store: before.store });
  const answer = await after.service.predict('acme', 'glyphs', asked);
  expect(answer.adaptation).toBe(taught.id);
  expect(answer.predictions).toEqual(predictions);
});
