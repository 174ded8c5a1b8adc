import { type Items, mapWithLimit } from '../../concurrency/limit.ts';
import { type Content, contentDigestOf } from '../../domain/content.ts';
import { type KeptPrediction, newPredictionId } from '../../domain/feedback/kept-prediction.ts';
import type { TenantId } from '../../domain/task.ts';
import type { KeptPredictions } from '../../domain/task-settings.ts';
import type { Warning } from '../../domain/warning.ts';
import { InnerloopError } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { PredictionStore, PredictionToKeep } from '../../ports/stores/prediction-store.ts';
import { splitRows, type Tensor } from '../../tensor.ts';
import type { ReadCanonical } from '../inputs/canonical.ts';
import { createPixelBudget } from '../inputs/pixel-budget.ts';
import type { RawInput } from '../inputs/raw-input.ts';
import type { AdaptedModel, Prediction } from '../service.ts';
import type { ServiceOptions } from '../service-options.ts';

const HOUR_MS = 3_600_000;

interface Parts {
  readonly predictions: PredictionStore;
  readonly clock: Clock;
  readonly readCanonical: ReadCanonical;
  readonly limits: Pick<ServiceOptions['limits'], 'pixels'>;
  onError: ServiceOptions['onError'];
}

export interface KeepRequest {
  readonly tenant: TenantId;
  readonly task: string;
  readonly keep: KeptPredictions;
  readonly signal: AbortSignal | undefined;
}

/** The predictions of one request. */
export interface Keeping {
  /** The same inputs. Each input of a stream is read to its canonical content first. */
  readonly inputs: Items<RawInput>;
  /** Keeps the predictions of these inputs. `x` [B, …input] is what they were made of. */
  keep(predictions: readonly Prediction[], x: Tensor): Promise<readonly Prediction[]>;
}

/**
 * Keeps predictions with their inputs, before they are answered, so that each id in an answer resolves. A prediction that cannot
 * be kept has no id, and a warning that says why. It is answered all the same.
 */
export type KeepPredictions = (
  model: Pick<AdaptedModel, 'adaptation' | 'input'>,
  request: KeepRequest,
  inputs: Items<RawInput>,
) => Keeping;

export function createKeepPredictions(parts: Parts): KeepPredictions {
  const { predictions: store, clock, readCanonical, limits, onError } = parts;

  return (model, request, inputs) => {
    const { input: spec, adaptation } = model;
    const { tenant, task, keep, signal } = request;
    const withinBudget = createPixelBudget(limits.pixels);
    /** Null for an input that cannot be an example, such as a blank picture. */
    const canonical = async (each: RawInput): Promise<Content | null> => {
      try {
        return (await withinBudget((take) => readCanonical(each, spec, { take, signal }))).content;
      } catch (error) {
        if (error instanceof InnerloopError) return null;
        throw error;
      }
    };
    const reading = readBoth(inputs, canonical, signal);
    return {
      inputs: reading.inputs,
      async keep(predictions, x) {
        const [contents, rows] = [await reading.contents(), splitRows(x, 1)];
        const at = clock.now();
        const kept = predictions.map((each, i): PredictionToKeep | null => {
          const content = contents[i];
          if (!content) return null;
          const prediction = recordOf(each, {
            id: newPredictionId(tenant, task),
            adaptation,
            createdAt: at.toISOString(),
            expiresAt: new Date(at.getTime() + keep.hours * HOUR_MS).toISOString(),
            kind: content.kind,
            content: contentDigestOf(content),
          });
          return { prediction, input: { content, features: spec.encoder ? (rows[i]?.data ?? null) : null } };
        });
        const [some, most] = [kept.filter((each) => each !== null), keep.predictions];
        const reason = some.length === 0 ? null : await put(tenant, task, some, most);
        // The task keeps only its latest predictions, so the first ones of a large request are already dropped.
        const stays = new Set(reason === null ? some.slice(-most) : []);
        return predictions.map((each, i) => {
          const own = kept[i] ?? null;
          if (own && stays.has(own)) return { id: own.prediction.id, ...each };
          const why = reason ?? (own ? `the task keeps ${most} predictions` : 'its input cannot be stored');
          return { ...each, warnings: [...(each.warnings ?? []), warningOf(why)] };
        });
      },
    };
  };

  /** Null if they are kept; otherwise why they are not. */
  async function put(
    tenant: TenantId,
    task: string,
    kept: readonly PredictionToKeep[],
    most: number,
  ): Promise<string | null> {
    try {
      return (await store.put(tenant, task, kept, most)) ? null : 'the task was deleted';
    } catch (error) {
      if (error instanceof InnerloopError && error.code === 'quota_exceeded') return error.message;
      if (!(error instanceof InnerloopError)) onError(error);
      return 'the store cannot be written to';
    }
  }
}

/** A list is read twice at the same time. A stream is read input by input, so that few inputs are in memory. */
function readBoth(
  inputs: Items<RawInput>,
  canonical: (input: RawInput) => Promise<Content | null>,
  signal: AbortSignal | undefined,
): { readonly inputs: Items<RawInput>; contents(): Promise<readonly (Content | null)[]> } {
  if ('length' in inputs) {
    const reading = mapWithLimit(inputs, canonical, signal);
    // If the inputs are refused, the contents are not read.
    reading.catch(() => undefined);
    return { inputs, contents: () => reading };
  }
  const contents: (Content | null)[] = [];
  async function* read() {
    for await (const each of inputs) {
      contents.push(await canonical(each));
      yield each;
    }
  }
  return { inputs: read(), contents: async () => contents };
}

function recordOf(
  { label, best, probabilities, value, novelty }: Prediction,
  fixed: Omit<KeptPrediction, 'novelty'>,
): KeptPrediction {
  return {
    ...fixed,
    ...(label !== undefined && { label }),
    ...(best !== undefined && { best }),
    ...(probabilities && { probabilities }),
    ...(value !== undefined && { value }),
    novelty: novelty ?? null,
  };
}

function warningOf(why: string): Warning {
  return { code: 'prediction_not_kept', pointer: '', detail: `The prediction is not kept: ${why}` };
}
