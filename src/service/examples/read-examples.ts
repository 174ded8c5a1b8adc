import type { Example } from '../../domain/example.ts';
import { matches } from '../../domain/examples/edit.ts';
import { type SupportSet, storedSupport } from '../../domain/support-set.ts';
import type { TenantId } from '../../domain/task.ts';
import { InnerloopError } from '../../errors.ts';
import type { TaskStore } from '../../ports/stores/task-store.ts';
import { sizeOf } from '../../tensor.ts';
import type { Models } from '../models.ts';
import type { ServiceOptions } from '../service-options.ts';
import { contentsIn } from '../support/append.ts';
import { latestSupport } from '../support/latest-support.ts';
import { findTask } from '../tasks/find-task.ts';
import { contentOfExample, findExample } from './find-example.ts';
import { byTime, cursorOf, isAfter } from './order.ts';
import type { ExampleContent, ExampleUseCases, ExampleView } from './use-cases.ts';

interface Parts {
  readonly models: Models;
  readonly store: TaskStore;
  readonly decoder: ServiceOptions['decoder'];
}

type Reading = Pick<
  ExampleUseCases,
  'examples' | 'example' | 'exampleContent' | 'exampleThumbnail' | 'examplesToDownload'
>;

/** Pixels of the longer side of a thumbnail. */
const THUMBNAIL_SIDE = 128;
/** Contents in memory at a time, for a download. */
const CHUNK = 16;

export function createReadExamples({ models, store, decoder }: Parts): Reading {
  async function read(tenant: TenantId, taskId: string, id: string): Promise<ExampleContent> {
    const task = await findTask(store, tenant, taskId);
    const { example, set } = await findExample(store, task, id);
    return { example, content: await contentOfExample(store, task, example, set) };
  }

  return {
    async examples(tenant, taskId, { limit, after }, filter) {
      const latest = await latestSupport(store, await findTask(store, tenant, taskId));
      const set = latest?.support;
      const found = (set?.examples ?? [])
        .filter((each) => matches(each, filter) && isAfter(each, after))
        .toSorted(byTime);
      const data = set ? await withSizes(store, tenant, set, found.slice(0, limit)) : [];
      const last = data.at(-1);
      return { data, nextCursor: found.length > limit && last ? cursorOf(last) : null };
    },

    async example(tenant, taskId, id) {
      const task = await findTask(store, tenant, taskId);
      const { example, set } = await findExample(store, task, id);
      const [view] = await withSizes(store, tenant, set, [example]);
      return view as ExampleView;
    },

    exampleContent: read,

    async exampleThumbnail(tenant, taskId, id, signal) {
      const { content } = await read(tenant, taskId, id);
      if (content.kind !== 'image' || !decoder?.thumbnail) {
        const expected = 'an example that is a picture';
        const message = `Only pictures have thumbnails; this example is of kind ${content.kind}`;
        throw new InnerloopError('not_found', message, { expected, got: `kind ${content.kind}` });
      }
      return decoder.thumbnail(content.bytes, THUMBNAIL_SIDE, { signal });
    },

    async examplesToDownload(tenant, taskId) {
      const latest = await latestSupport(store, await findTask(store, tenant, taskId));
      if (!latest) return { examples: [], inputShape: [], async *contents() {} };
      const { record, support } = latest;
      const manifest = models.withDigest(record.packageDigest);
      const { targetShape } = storedSupport(support);
      return {
        examples: support.examples,
        ...(targetShape && { targetShape }),
        inputShape: manifest ? models.input(manifest).shape : [],
        contents: (signal) => contentsOf(store, tenant, support, signal),
      };
    },
  };
}

async function* contentsOf(
  store: TaskStore,
  tenant: TenantId,
  set: SupportSet,
  signal: AbortSignal | undefined,
): AsyncGenerator<ExampleContent> {
  const former = new Map(contentsIn(set));
  for (let from = 0; from < set.examples.length; from += CHUNK) {
    signal?.throwIfAborted();
    const some = set.examples.slice(from, from + CHUNK);
    const stored = await store.contents(
      tenant,
      some.map(({ content }) => content),
    );
    for (const example of some) {
      const content = stored.get(example.content) ?? former.get(example.content);
      if (content) yield { example, content };
    }
  }
}

export async function withSizes(
  store: Pick<TaskStore, 'contentSizes'>,
  tenant: TenantId,
  set: SupportSet | undefined,
  examples: readonly Example[],
): Promise<ExampleView[]> {
  const digests = examples.map(({ content }) => content);
  const sizes = await store.contentSizes(tenant, digests);
  const inputs = set?.inputs;
  const former = inputs ? Float32Array.BYTES_PER_ELEMENT * sizeOf(inputs.shape.slice(1)) : 0;
  return examples.map((each) => ({ ...each, size: sizes.get(each.content) ?? former }));
}
