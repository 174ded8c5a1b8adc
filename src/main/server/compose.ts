import { availableParallelism } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import type { FastifyBaseLogger } from 'fastify';
import { createContentDecoder } from '../../adapters/decoding/content-decoder.ts';
import { createOnnxEmbedder } from '../../adapters/onnxruntime/embedding/embedder.ts';
import { createOnnxRunner } from '../../adapters/onnxruntime/program-runner.ts';
import { chooseProvider } from '../../adapters/onnxruntime/providers/choose-provider.ts';
import { createMeter, type PrometheusMeter } from '../../adapters/opentelemetry/meter.ts';
import { observeProcess } from '../../adapters/process-metrics.ts';
import { createSystemClock } from '../../adapters/system-clock.ts';
import { retryWhileUnavailable } from '../../concurrency/retry-while-unavailable.ts';
import { itemsOf } from '../../config/parse.ts';
import type { Config } from '../../config.ts';
import { textContent } from '../../domain/content.ts';
import { isExecutionProvider } from '../../execution-providers.ts';
import { MAX_ANSWER_NUMBERS, MAX_INPUTS } from '../../http/limits.ts';
import type { Encoder } from '../../package/encoder/encoder.ts';
import { readPackages } from '../../package/read.ts';
import type { Tracer } from '../../ports/telemetry.ts';
import { startWorker } from '../../service/adapting/process-adaptations.ts';
import { createService } from '../../service/create-service.ts';
import { createInputDecoder } from '../../service/inputs/input-decoder.ts';
import type { Service } from '../../service/service.ts';
import { readVersion } from '../version.ts';
import { openWebhooks } from '../webhooks/open-webhooks.ts';
import { type Backend, quotaOf } from './backends/backend.ts';
import { encoderCommands, openEncoders } from './encoders.ts';
import { openKeptPackages, withEncoders } from './kept-packages.ts';
import { logAdaptations } from './logger.ts';
import { openBackend } from './open-backend.ts';

const RESUME_EVERY_MS = 15_000;
/** Monitored tasks are checked for drift this often, if they were asked anything. */
const CHECK_DRIFT_EVERY_MS = 60_000;

export interface Composed extends AsyncDisposable, Pick<Backend, 'keyStore' | 'requestCounter'> {
  readonly service: Service;
  readonly meter: PrometheusMeter;
  readonly tracer: Tracer | undefined;
  /** Resolves when all packages are loaded in the worker threads. @throws InnerloopError `invalid_package` */
  readonly loaded: Promise<void>;
  /** Starts to run adaptations and to send messages to webhooks. */
  work(): void;
  /**
   * Starts no more adaptations; resolves when the running ones are persisted, the accepted ones embedded, and messages to
   * webhooks sent. Examples that take longer than a quarter of SHUTDOWN_MS are embedded by another process.
   */
  drain(): Promise<void>;
}

/** Adapters that a caller can replace. */
const adapters = {
  readPackages,
  createRunner: createOnnxRunner,
  createEmbedder: createOnnxEmbedder,
  createDecoder: createContentDecoder,
  open: openBackend,
};

export type Adapters = Partial<typeof adapters>;

/** Creates the service with the adapters that the settings choose. */
export async function compose(
  config: Config,
  logger: FastifyBaseLogger,
  replaced: Adapters = {},
): Promise<Composed> {
  const { readPackages, createRunner, createEmbedder, createDecoder, open } = { ...adapters, ...replaced };
  const packages = await readPackages(config.MODELS_DIR);
  // Before encoders are built, which takes seconds and writes files.
  const executionProvider = await chooseProvider(
    itemsOf(config.EXECUTION_PROVIDERS).filter(isExecutionProvider),
    ({ message, details }) => logger.warn({ cause: String(details.cause) }, `${message}. Skipped`),
  );
  const clock = createSystemClock();
  const callbacks = logAdaptations(logger);
  const meter = createMeter();
  const runner = createRunner({
    adaptThreads: config.ADAPT_THREADS,
    // A worker process answers no predictions. An API process also needs `adaptThreads`, to recompute lost states.
    predictThreads: config.ROLE === 'worker' ? 0 : config.PREDICT_THREADS,
    stateBytes: config.MEMORY_CACHE_BYTES,
    executionProvider,
    meter,
  });
  // Its threads load the packages while this thread builds encoders.
  const packagesLoaded = Promise.all(packages.map((each) => runner.load(each)));
  // Awaited later; until then a rejection must not count as unhandled.
  packagesLoaded.catch(() => undefined);
  const opened = await openData().catch(async (error: unknown) => {
    await runner[Symbol.asyncDispose]();
    throw error;
  });
  const { encoders, kept, formerPackages, tracer, backend, webhooks } = opened;
  const embedder = createEmbedder({ executionProvider, meter });
  const decoder = createDecoder({
    threads: config.DECODE_THREADS || Math.min(8, Math.max(2, availableParallelism())),
    pictures: { jpegPixels: config.MAX_JPEG_PIXELS, pixels: config.MAX_PICTURE_PIXELS },
    texts: { maxBytes: config.MAX_TEXT_BYTES },
    sounds: { seconds: config.MAX_AUDIO_SECONDS },
  });
  const loaded = Promise.all([
    packagesLoaded,
    ...formerPackages.map((each) => runner.load(each)),
    ...encoders.map((each) => embedder.load(each)),
    // Tokenizers that people bring can be broken, or take seconds to open.
    ...encoders.filter(readsTokens).map((each) => decoder.prepare(textContent('a'), each)),
  ]).then(() => undefined);
  loaded.then(
    () => decoder.start(),
    () => undefined,
  );
  const service = createService({
    ...backend,
    packages,
    formerPackages,
    keepPackage: kept.keep,
    encoders,
    encoderCommands,
    runner,
    decoder,
    embedder,
    clock,
    decodeInput: createInputDecoder({
      decode: (file, preprocessing, take) => decoder.image(file, preprocessing, { take }),
    }),
    // A request arrives within MAX_ARRIVAL_MS, and its inputs are read within minutes.
    graceMs: 2 * config.MAX_ARRIVAL_MS + 600_000,
    webhooks,
    quota: quotaOf(config),
    limits: { inputs: MAX_INPUTS, numbers: MAX_ANSWER_NUMBERS, pixels: config.MAX_REQUEST_PIXELS },
    meter,
    ...(tracer && { tracer }),
    ...callbacks,
  });
  // In the background: it reads all records, but only after an upgrade.
  const stopped = new AbortController();
  const inUse = () => retryWhileUnavailable(backend.store.packagesInUse, stopped.signal);
  void kept.removeUnused(inUse).catch((err: unknown) => {
    logger.warn({ err }, 'unused versions of packages cannot be removed');
  });
  meter.observe('innerloop_info', { role: config.ROLE, version: readVersion() }, () => 1);
  meter.observe('innerloop_ready', {}, async () => ((await service.readiness()).ready ? 1 : 0));
  const processMetrics = observeProcess(meter);
  let worker: Disposable | undefined;
  let messages: AsyncDisposable | undefined;
  let checks: NodeJS.Timeout | undefined;

  async function openData() {
    const encoders = await openEncoders(config, packages, logger);
    const kept = await openKeptPackages(config, packages, logger, clock);
    const formerPackages = withEncoders(kept.former, encoders, logger);
    const tracer = await openTracer(config);
    const backend = await open(config, logger, meter, callbacks.onError);
    const webhooks = await openWebhooks(config).catch(async (error: unknown) => {
      await backend[Symbol.asyncDispose]();
      throw error;
    });
    return { encoders, kept, formerPackages, tracer, backend, webhooks };
  }

  const drain = async () => {
    stopped.abort();
    worker?.[Symbol.dispose]();
    clearInterval(checks);
    const inTime = setTimeout(config.SHUTDOWN_MS / 4, undefined, { ref: false });
    const sent = messages?.[Symbol.asyncDispose]();
    await Promise.all([
      Promise.race([Promise.all([service.embedded(), sent]), inTime]),
      backend.queue.drain(),
    ]);
    // After the queue: the last runs begin reports. A reader of the record computes those again.
    await service.stopReports();
    await service.flushAsked();
  };
  return {
    ...backend,
    service,
    meter,
    tracer,
    loaded,
    work() {
      // A worker process needs no way to the internet.
      if (config.ROLE !== 'worker') {
        messages = service.webhooks.start();
        checks = setInterval(() => void service.checkDrift(), CHECK_DRIFT_EVERY_MS).unref();
      }
      if (config.ROLE === 'api') return;
      worker = startWorker(service, {
        resumeEveryMs: RESUME_EVERY_MS,
        onError: (err, failed) => logger.error({ err }, `background work failed: ${failed}`),
      });
    },
    drain,
    async [Symbol.asyncDispose]() {
      await drain();
      processMetrics[Symbol.dispose]();
      await runner[Symbol.asyncDispose]();
      await embedder[Symbol.asyncDispose]();
      await decoder[Symbol.asyncDispose]();
      await messages?.[Symbol.asyncDispose]();
      await backend[Symbol.asyncDispose]();
      // A collector that cannot be reached must not fail the shutdown.
      await tracer?.[Symbol.asyncDispose]().then(undefined, () => undefined);
    },
  };
}

function readsTokens({ manifest: { preparation } }: Encoder): boolean {
  return preparation.kind === 'text' && preparation.tokens !== undefined;
}

/** The tracing libraries are loaded only when traces are sent somewhere. */
async function openTracer({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, ROLE: role }: Config) {
  if (endpoint === '') return undefined;
  const { createTracer } = await import('../../adapters/opentelemetry/tracer.ts');
  return createTracer({ endpoint, role, version: readVersion() });
}
