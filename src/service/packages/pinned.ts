import type { Adaptation } from '../../domain/adaptation.ts';
import type { Task } from '../../domain/task.ts';
import type { Manifest } from '../../package/manifest.ts';
import type { Models } from '../models.ts';

/**
 * The version of its package that a task stays with. Null when the task follows its package, before its first adaptation,
 * or when this process does not have the version: then the installed version counts.
 */
export function pinnedPackage(
  models: Models,
  present: { task: Task; adaptation: Adaptation | null } | null,
): Manifest | null {
  if (!present || present.task.packageUpdates === 'follow') return null;
  const { task, adaptation } = present;
  const digest = task.packageDigest ?? adaptation?.packageDigest;
  const manifest = digest === undefined ? null : models.withDigest(digest);
  return manifest?.name === task.model ? manifest : null;
}
