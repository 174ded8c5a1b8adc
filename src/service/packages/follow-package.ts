import type { Adaptation } from '../../domain/adaptation.ts';
import type { Task } from '../../domain/task.ts';
import { type Models, nameOf } from '../models.ts';
import type { Service } from '../service.ts';
import type { ServiceOptions } from '../service-options.ts';

interface Parts {
  readonly models: Models;
  readapt: Service['readapt'];
  onError: ServiceOptions['onError'];
}

/**
 * Moves a task that follows its package to the installed version, in the background. `current` answers until the new
 * adaptation has succeeded. One run per task and version is accepted: after a failure, the task stays with the old version.
 */
export type FollowPackage = (task: Task, current: Adaptation) => void;

export function createFollowPackage({ models, readapt, onError }: Parts): FollowPackage {
  const moving = new Set<string>();
  return (task, current) => {
    if (task.packageUpdates !== 'follow') return;
    const { tenant, id } = task;
    const installed = models.firstOf([nameOf(current.model)]);
    const isCurrent = models.withDigest(current.packageDigest)?.digest === installed?.digest;
    if (!installed || isCurrent || task.packageDigest === installed.digest) return;
    const key = JSON.stringify([tenant, id]);
    if (moving.has(key)) return;
    moving.add(key);
    void readapt(tenant, id)
      .catch((error) => onError(error, current))
      .finally(() => moving.delete(key));
  };
}
