import type { Adaptation } from '../../domain/adaptation.ts';
import type { SupportSet } from '../../domain/support-set.ts';
import { InnerloopError } from '../../errors.ts';
import type { Manifest } from '../../package/manifest.ts';
import type { TaskStore } from '../../ports/stores/task-store.ts';
import { sizeOf } from '../../tensor.ts';
import { type Models, versioned } from '../models.ts';

/**
 * Checks that a package can read stored examples, which `record` has learnt from. Tensors suit only packages with the
 * same input, because encoders prepare their inputs differently.
 * @throws InnerloopError `examples_not_readable`
 */
export async function requireReadable(
  { models, store }: { models: Models; store: Pick<TaskStore, 'contents'> },
  { tenant, packageDigest }: Adaptation,
  support: SupportSet,
  manifest: Manifest,
): Promise<void> {
  const { examples, outcome, inputs } = support;
  const refuse = (got: string, expected: string) => {
    const message = `${versioned(manifest)} reads ${expected}; the task's examples have ${got}`;
    throw new InnerloopError('examples_not_readable', message, { pointer: '/model', expected, got });
  };
  const isClassification = manifest.task === 'classification';
  if (isClassification !== (outcome.kind === 'labels'))
    refuse(outcome.kind, isClassification ? 'labels' : 'targets');
  const former = models.withDigest(packageDigest);
  const isSameInput = former && JSON.stringify(former.input) === JSON.stringify(manifest.input);
  if (isSameInput) return;
  const { reads, encoder, shape } = models.input(manifest);
  const other = examples.find(({ kind }) => kind !== reads && kind !== 'tensor');
  if (other) refuse(`kind ${other.kind}`, `kind ${reads}`);
  const tensors = examples.filter(({ kind }) => kind === 'tensor').map(({ content }) => content);
  if (tensors.length === 0) return;
  // The package that made them is not known (any more), or prepares its inputs in another way.
  if (former || encoder || reads === 'row')
    refuse(reads === 'tensor' ? 'tensors of another input' : 'kind tensor', `kind ${reads}`);
  const bytes = 4 * sizeOf(shape);
  const stored = inputs
    ? [4 * sizeOf(inputs.shape.slice(1))]
    : [...(await store.contents(tenant, tensors)).values()].map((each) => each.bytes.length);
  if (stored.some((each) => each !== bytes)) refuse('tensors of another shape', `shape [${shape}]`);
}
