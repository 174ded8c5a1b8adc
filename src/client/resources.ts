import { type AdaptationEvent, eventsAt, hasEnded } from './events.ts';
import { itemsOf } from './pages.ts';
import { InnerloopProblem } from './problem.ts';
import type { RequestOptions, Transport } from './transport.ts';
import type {
  Adaptation,
  Answer,
  Body,
  Encoder,
  KeptPrediction,
  Model,
  Query,
  StoredExample,
  Task,
} from './types.ts';

/** Options of every call. */
export interface CallOptions {
  /** Stops the call. The server may have done its work already. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of calls that start an adaptation. */
export interface LearnOptions extends CallOptions {
  /** Whether to wait for the end of the adaptation (default), or only until it is accepted. */
  readonly wait?: boolean | undefined;
  /** Called with each event: `queued`, `running`, each `step` with its loss, and the end. */
  readonly onEvent?: ((event: AdaptationEvent) => void) | undefined;
}

export interface ListOptions extends CallOptions {
  /** Items that one call asks for. Default: 100. */
  readonly pageSize?: number | undefined;
}

/** As long as the server waits in one call. */
const WAIT = 'wait=60';

/** The resources of a server: tasks, their adaptations, examples and kept predictions, packages and encoders. */
export function createResources(transport: Transport) {
  const { json, request } = transport;

  const listOf = <Item>(path: string, { pageSize, ...call }: ListOptions = {}) =>
    itemsOf<Item>(transport, path, { limit: pageSize }, call);

  const events = (task: string, id: string, { signal }: CallOptions = {}) =>
    eventsAt(transport, at`/tasks/${task}/adaptations/${id}/events`, { signal, to: 'end' });

  const adaptations = {
    /** From the newest to the oldest. */
    list: (task: string, call?: ListOptions) => listOf<Adaptation>(at`/tasks/${task}/adaptations`, call),
    get: (task: string, id: string, call?: CallOptions) =>
      json<Adaptation>(at`/tasks/${task}/adaptations/${id}`, call),
    /** The events of an adaptation, to its end. A stream that breaks is continued. */
    events,
    /** Waits for the end of an adaptation. */
    async followed(
      adaptation: Adaptation,
      { onEvent, signal }: Omit<LearnOptions, 'wait'> = {},
    ): Promise<Adaptation> {
      if (hasEnded(adaptation.status) && !onEvent) return adaptation;
      const { task, id } = adaptation;
      for await (const event of events(task, id, { signal })) onEvent?.(event);
      return adaptations.get(task, id, { signal });
    },
    cancel: (task: string, id: string, call?: CallOptions) =>
      json<Adaptation>(at`/tasks/${task}/adaptations/${id}/cancel`, { method: 'POST', ...call }),
    /** Makes an earlier adaptation answer the predictions of the task. */
    activate: (task: string, id: string, call?: CallOptions) =>
      json<Answer<'activateAdaptation'>>(at`/tasks/${task}/adaptations/${id}/activate`, {
        method: 'POST',
        ...call,
      }),
  };

  /** Starts an adaptation, and waits for its end if the options say so. */
  async function learn(
    path: string,
    { headers, ...message }: RequestOptions,
    { wait = true, onEvent, signal }: LearnOptions = {},
  ): Promise<Adaptation> {
    const prefer = wait && !onEvent ? WAIT : undefined;
    const asked = { ...message, method: 'POST', headers: { ...headers, prefer }, signal };
    const accepted = await json<Adaptation>(path, asked);
    return wait ? succeeded(await adaptations.followed(accepted, { onEvent, signal })) : accepted;
  }

  const tasks = {
    /** By their id. */
    list: (call?: ListOptions) => listOf<Task>('/tasks', call),
    get: (task: string, call?: CallOptions) => json<Task>(at`/tasks/${task}`, call),
    /** Creates the task, or changes its settings. */
    put: (task: string, body: Body<'putTask'>, call?: CallOptions) =>
      json<Task>(at`/tasks/${task}`, { method: 'PUT', json: body, ...call }),
    /** Adapts to the stored examples again, and waits for the end, as `adapt` does. */
    readapt: (task: string, body: Body<'readapt'> = {}, options?: LearnOptions) =>
      learn(at`/tasks/${task}/readapt`, { json: body }, options),
    delete: async (task: string, call?: CallOptions) => {
      await request(at`/tasks/${task}`, { method: 'DELETE', ...call });
    },
  };

  const examples = {
    list: (task: string, query: Omit<Query<'listExamples'>, 'after'> = {}, call?: CallOptions) =>
      itemsOf<StoredExample>(transport, at`/tasks/${task}/examples`, query, call),
    get: (task: string, id: string, call?: CallOptions) =>
      json<StoredExample>(at`/tasks/${task}/examples/${id}`, call),
    /** What was sent, as the server stores it. */
    content: async (task: string, id: string, call?: CallOptions) =>
      (await request(at`/tasks/${task}/examples/${id}/content`, call)).blob(),
    /** Of a picture: a WebP of at most 128 pixels on each side. */
    thumbnail: async (task: string, id: string, call?: CallOptions) =>
      (await request(at`/tasks/${task}/examples/${id}/thumbnail`, call)).blob(),
    relabel: (task: string, id: string, outcome: Body<'relabelExample'>, call?: CallOptions) =>
      json<StoredExample>(at`/tasks/${task}/examples/${id}`, { method: 'PATCH', json: outcome, ...call }),
    erase: (task: string, id: string, call?: CallOptions) =>
      json<Answer<'eraseExample'>>(at`/tasks/${task}/examples/${id}`, { method: 'DELETE', ...call }),
    /** Erases all examples with a label, of a source, or with both. */
    eraseMatching: (task: string, query: Query<'eraseExamples'>, call?: CallOptions) =>
      json<Answer<'eraseExamples'>>(at`/tasks/${task}/examples`, { method: 'DELETE', query, ...call }),
    /** All examples as a file. */
    download: async (task: string, query: Query<'downloadExamples'> = {}, call?: CallOptions) =>
      (await request(at`/tasks/${task}/examples/download`, { query, ...call })).blob(),
  };

  const resources = {
    tasks,
    adaptations,
    examples,
    /** Predictions of a task that keeps them. */
    predictions: {
      get: (task: string, id: string, call?: CallOptions) =>
        json<KeptPrediction>(at`/tasks/${task}/predictions/${id}`, call),
      /** Its input, as the server stores it. */
      content: async (task: string, id: string, call?: CallOptions) =>
        (await request(at`/tasks/${task}/predictions/${id}/content`, call)).blob(),
      /** Of a picture: a WebP of at most 128 pixels on each side. */
      thumbnail: async (task: string, id: string, call?: CallOptions) =>
        (await request(at`/tasks/${task}/predictions/${id}/thumbnail`, call)).blob(),
    },
    models: {
      list: async (call?: CallOptions) => (await json<Answer<'listModels'>>('/models', call)).data,
      get: (name: string, call?: CallOptions) => json<Model>(at`/models/${name}`, call),
    },
    encoders: {
      list: async (call?: CallOptions) => (await json<Answer<'listEncoders'>>('/encoders', call)).data,
      get: (name: string, call?: CallOptions) => json<Encoder>(at`/encoders/${name}`, call),
    },
  };
  return { learn, resources };
}

/** The adaptation, if it has succeeded. @throws InnerloopProblem if it ended otherwise, or has not ended */
export function succeeded(adaptation: Adaptation): Adaptation {
  const { status, error } = adaptation;
  if (status === 'succeeded') return adaptation;
  const code = error?.code ?? `adaptation_${status}`;
  const message = `The adaptation ${status}${error ? `: ${error.message}` : ''}`;
  throw new InnerloopProblem(200, { code }, message, { adaptation });
}

/** A path with encoded parts. */
export const at = (texts: TemplateStringsArray, ...parts: readonly string[]) =>
  String.raw({ raw: texts }, ...parts.map(encodeURIComponent));
