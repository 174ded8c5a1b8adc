import type { Adaptation } from '../../domain/adaptation.ts';
import type { Content } from '../../domain/content.ts';
import type { Example } from '../../domain/example.ts';
import { addFeedback } from '../../domain/examples/add-feedback.ts';
import { rememberedOf } from '../../domain/examples/memory.ts';
import type { KeptPrediction, Outcome } from '../../domain/feedback/kept-prediction.ts';
import { checkIdempotencyKey, contentDigest, type IdempotencyKey } from '../../domain/idempotency.ts';
import { warningsOfNew } from '../../domain/labels.ts';
import { type SupportSet, storedSupport, supportSet } from '../../domain/support-set.ts';
import type { Task, TenantId } from '../../domain/task.ts';
import type { Warning } from '../../domain/warning.ts';
import { InnerloopError, isUnavailable } from '../../errors.ts';
import type { Manifest } from '../../package/manifest.ts';
import type { Clock } from '../../ports/clock.ts';
import type { PredictionStore } from '../../ports/stores/prediction-store.ts';
import type { TaskStore } from '../../ports/stores/task-store.ts';
import type { ReadCanonical } from '../inputs/canonical.ts';
import { createPixelBudget } from '../inputs/pixel-budget.ts';
import type { RawInput } from '../inputs/raw-input.ts';
import { type Models, nameOf } from '../models.ts';
import type { ServiceOptions } from '../service-options.ts';
import { decodeSupport } from '../support/decode-support.ts';
import { latestSupport } from '../support/latest-support.ts';
import { findTask, taskNotFound } from '../tasks/find-task.ts';
import { checkRow } from './check-row.ts';
import { findPrediction, notKept } from './find-prediction.ts';
import type { Learning } from './learn.ts';
import type { FeedbackRequest, FeedbackUseCases } from './use-cases.ts';

interface Parts {
  readonly models: Models;
  readonly store: TaskStore;
  readonly predictions?: PredictionStore | undefined;
  readonly clock: Clock;
  readonly readCanonical: ReadCanonical;
  readonly learning: Pick<Learning, 'learn'>;
  readonly limits: Pick<ServiceOptions['limits'], 'pixels'>;
}

/** Its content is already known. */
const NO_INPUT: RawInput = { kind: 'text', text: '' };

export function createFeedback(parts: Parts): FeedbackUseCases['feedback'] {
  const { models, store, predictions, clock, readCanonical, learning, limits } = parts;
  const now = () => clock.now().toISOString();

  return async (tenant, taskId, request, signal) => {
    if (request.idempotencyKey !== undefined) checkIdempotencyKey(request.idempotencyKey);
    requireOne(request);
    const task = await findTask(store, tenant, taskId);
    const latest = await latestSupport(store, task);
    if (!latest) throw notAdapted(taskId);
    const { record, support } = latest;
    const manifest = models.withDigest(record.packageDigest) ?? models.named(nameOf(record.model));
    const kept = await read(tenant, taskId, request.prediction);
    const { example, content, warnings } = await decode(request, kept?.content ?? null, manifest, signal);
    const member = kept ? '/prediction' : '/input';
    const unread = await checkRow(store, tenant, latest, { content, member });
    checkRoom(support, example, task, manifest);
    if (kept && predictions)
      await predictions.addOutcome(tenant, taskId, outcomeOf(kept.prediction, example, now()));
    const { readapt = 'batch' } = request;
    const idempotency = idempotencyOf(request, example);
    const edit = { type: 'feedback', example, content, readapt, idempotency } as const;
    const edited = await store.editExamples(tenant, taskId, edit, now());
    const [stored] = edited?.examples ?? [];
    if (!stored) throw taskNotFound(taskId);
    const learnt = readapt === 'never' ? nothing : await learnIfDue(tenant, taskId, request.origin);
    return {
      example: { ...stored, size: content.bytes.length },
      adaptation: learnt.adaptation,
      warnings: [
        ...warnings,
        ...warningsOfNew(example.label, classesOf(support)),
        ...unread,
        ...learnt.warnings,
      ],
    };
  };

  async function read(
    tenant: TenantId,
    task: string,
    id: string | undefined,
  ): Promise<{ prediction: KeptPrediction; content: Content } | null> {
    if (id === undefined) return null;
    const prediction = await findPrediction(parts, tenant, task, id);
    const input = await predictions?.input(tenant, task, id, now());
    if (!input) throw notKept(id);
    return { prediction, content: input.content };
  }

  async function decode(
    { input = NO_INPUT, label, target }: FeedbackRequest,
    known: Content | null,
    manifest: Manifest,
    signal: AbortSignal | undefined,
  ): Promise<{ example: Example; content: Content; warnings: readonly Warning[] }> {
    const { support, contents, warnings } = await decodeSupport(
      [{ input, ...(label !== undefined && { label }), ...(target !== undefined && { target }) }],
      {
        manifest,
        spec: models.input(manifest),
        readCanonical: known ? async () => ({ content: known, warnings: [] }) : readCanonical,
        withinBudget: createPixelBudget(limits.pixels),
        createdAt: now(),
        signal,
      },
    );
    const [example] = support.examples;
    const content = example && contents.get(example.content);
    if (!example || !content) throw new Error('Expected one example');
    // There is one input, and not a list of examples.
    const own = warnings.map((each) => ({ ...each, pointer: each.pointer.replace('/support/0', '') }));
    return { example: { ...example, source: 'feedback' }, content, warnings: own };
  }

  /** The example is stored in any case. If learning fails for a temporary reason, it is tried again later. */
  async function learnIfDue(
    tenant: TenantId,
    taskId: string,
    origin: FeedbackRequest['origin'],
  ): Promise<{ adaptation: Adaptation | null; warnings: readonly Warning[] }> {
    try {
      const due = (await store.task(tenant, taskId))?.feedbackDue;
      if (due && due.at > now()) return nothing;
      return { adaptation: await learning.learn(tenant, taskId, origin), warnings: [] };
    } catch (error) {
      if (!(error instanceof InnerloopError)) throw error;
      if (isUnavailable(error) || error.code === 'too_many_queued') return nothing;
      const detail = `The example is stored, but the task could not be adapted to it: ${error.message}`;
      return { adaptation: null, warnings: [{ code: 'not_learnt', pointer: '', detail }] };
    }
  }
}

const classesOf = ({ outcome }: SupportSet) => (outcome.kind === 'labels' ? outcome.classes : []);

const nothing = { adaptation: null, warnings: [] };

/** Learning later would always fail. @throws InnerloopError `invalid_support_set` */
function checkRoom(support: SupportSet, example: Example, task: Task, { inner }: Manifest): void {
  const { examples } = addFeedback(support.examples, example);
  const all = supportSet({ ...storedSupport(support), examples });
  const n = rememberedOf({ support: all, contents: new Map() }, task.memory).support.examples.length;
  const { maximum } = inner.examples;
  if (n <= maximum) return;
  const expected = `at most ${maximum} examples: erase some, or let the task forget (memory)`;
  throw new InnerloopError('invalid_support_set', `Expected ${expected}, got ${n}`, {
    pointer: '',
    expected,
    got: `${n}`,
  });
}

function outcomeOf(prediction: KeptPrediction, { label, target }: Example, at: string): Outcome {
  const fixed = { prediction: prediction.id, adaptation: prediction.adaptation, at };
  if (label !== undefined) {
    const predicted = prediction.label ?? prediction.best;
    return { ...fixed, ...(predicted !== undefined && { predicted }), label };
  }
  const values = [prediction.value].flat(Number.POSITIVE_INFINITY) as number[];
  const errors = (target ?? []).map((each, i) => (each - (values[i] ?? 0)) ** 2);
  return { ...fixed, error: errors.reduce((sum, each) => sum + each, 0) / Math.max(1, errors.length) };
}

function idempotencyOf(
  { idempotencyKey: key, prediction, readapt }: FeedbackRequest,
  { content, label, target }: Example,
): IdempotencyKey | undefined {
  if (key === undefined) return undefined;
  const given = ['feedback', prediction ?? null, content, label ?? target, readapt ?? null];
  return { key, digest: contentDigest(given) };
}

function requireOne({ prediction, input }: FeedbackRequest): void {
  if ((prediction === undefined) !== (input === undefined)) return;
  const expected = 'the id of a prediction, or an input';
  const got = prediction === undefined ? 'none' : 'both';
  throw new InnerloopError('invalid_request', `Expected ${expected}, got ${got}`, {
    pointer: '',
    expected,
    got,
  });
}

function notAdapted(task: string): InnerloopError {
  const expected = 'a task with examples';
  const message = `Task ${task} has no examples yet: adapt it before you give feedback`;
  return new InnerloopError('task_not_adapted', message, { expected, got: 'none' });
}
