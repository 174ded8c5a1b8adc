import type { Adaptation } from '../../domain/adaptation.ts';
import type { AskedInput } from '../../domain/drift/asked-input.ts';
import { type Facts, rangeOf } from '../../domain/drift/facts.ts';
import type { Task } from '../../domain/task.ts';
import { likeliest } from '../../domain/trust/softmax.ts';
import type { Manifest } from '../../package/manifest.ts';
import type { Clock } from '../../ports/clock.ts';
import { splitRows, type Tensor } from '../../tensor.ts';
import type { Answers } from '../service.ts';
import type { AskedBuffer } from './asked-buffer.ts';
import type { createEpochs } from './epochs.ts';

/** The inputs of one request to a monitored task. */
export interface Observer {
  /** Call it before a runner takes x [B, …input], with the facts of each input if they are known. */
  begin(x: Tensor, facts: readonly Facts[] | undefined): void;
  /** Call it with the answers to x. Without this call nothing is kept. */
  end(answers: Answers, classes: readonly string[] | null, novelty: readonly (number | null)[] | null): void;
}

/** Null for a task that is not monitored. */
export type Observe = (task: Task, adaptation: Adaptation, manifest: Manifest) => Observer | null;

interface Parts {
  readonly buffer: Pick<AskedBuffer, 'add'>;
  readonly epochOf: ReturnType<typeof createEpochs>;
  readonly clock: Clock;
}

export function createObserve({ buffer, epochOf, clock }: Parts): Observe {
  return (task, adaptation, manifest) => {
    if (!task.monitor) return null;
    const epoch = epochOf(adaptation, manifest);
    let asked: readonly Pick<AskedInput, 'features' | 'facts'>[] = [];
    return {
      begin(x, facts) {
        const rows = splitRows(x, 1);
        asked = epoch.sketches(x).map((features, i) => ({
          features,
          // Without a content, such as numbers that were sent directly.
          facts: facts?.[i] ?? rangeOf(rows[i]?.data ?? new Float32Array()),
        }));
      },
      end({ data }, classes, novelty) {
        const at = clock.now().getTime();
        const place = { tenant: task.tenant, task: task.id };
        const width = data.length / Math.max(1, asked.length);
        const inputs = asked.map((each, i): AskedInput => {
          const best = classes?.[likeliest(data.subarray(i * width, (i + 1) * width))];
          const known = { adaptation: adaptation.id, at, novelty: novelty?.[i] ?? null };
          return { ...each, ...known, label: best ?? null };
        });
        buffer.add(place, epoch.id, inputs);
      },
    };
  };
}
