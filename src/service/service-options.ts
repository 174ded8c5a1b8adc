import type { Adaptation } from '../domain/adaptation.ts';
import type { Quota } from '../domain/usage.ts';
import type { Encoder } from '../package/encoder/encoder.ts';
import type { Package } from '../package/manifest.ts';
import type { AdaptationQueue, AdaptationRef } from '../ports/adaptation-queue.ts';
import type { Clock } from '../ports/clock.ts';
import type { ContentDecoder } from '../ports/content-decoder.ts';
import type { Embedder } from '../ports/embedder.ts';
import type { ProgramRunner } from '../ports/program-runner.ts';
import type { KeyStore } from '../ports/stores/key-store.ts';
import type { PredictionStore } from '../ports/stores/prediction-store.ts';
import type { StateCache } from '../ports/stores/state-cache.ts';
import type { TaskStore } from '../ports/stores/task-store.ts';
import type { Meter, Tracer } from '../ports/telemetry.ts';
import type { Outbox } from '../ports/webhooks/outbox.ts';
import type { DecodeInput } from './inputs/raw-input.ts';
import type { WebhookOptions } from './webhooks/webhook-options.ts';

/** The parts of the service. The caller owns and closes them. */
export interface ServiceOptions {
  /** The installed packages. The caller has loaded them into `runner`. */
  readonly packages: readonly Package[];
  /** Versions that are no longer installed, for the tasks that use them. Loaded, too. */
  readonly formerPackages?: readonly Package[];
  /** Keeps an installed package beyond its replacement. Called before a task uses it. */
  keepPackage?(digest: string): Promise<void>;
  /** The encoders that packages name. Default: none. Packages whose encoder is missing are listed, and refused when used. */
  readonly encoders?: readonly Encoder[];
  /** The command that brings an encoder, by its name. */
  readonly encoderCommands?: Readonly<Record<string, string>>;
  readonly store: TaskStore;
  /** Default: no prediction is kept. */
  readonly predictions?: PredictionStore;
  /** Whether other processes may use the store. Default: true. */
  readonly isShared?: boolean;
  readonly cache: StateCache;
  readonly queue: AdaptationQueue;
  readonly keyStore: KeyStore;
  readonly runner: ProgramRunner;
  readonly clock: Clock;
  readonly decodeInput: DecodeInput;
  /** Reads contents for packages with an encoder, and the columns of large tables (default: on the calling thread). */
  readonly decoder?: Pick<ContentDecoder, 'canonical' | 'prepare'> &
    Partial<Pick<ContentDecoder, 'columns' | 'masked' | 'overlay' | 'thumbnail'>>;
  /** The caller has loaded `encoders` into it. */
  readonly embedder?: Pick<Embedder, 'embed'>;
  /** Default: no webhooks, nor `outbox`. */
  readonly webhooks?: WebhookOptions;
  readonly outbox?: Outbox;
  /** Default: no metrics. */
  readonly meter?: Meter;
  /** Default: no traces. */
  readonly tracer?: Tracer;
  /** How long after its deletion a tenant without keys is erased once more. Longer than any request takes. */
  readonly graceMs?: number;
  /** What the store lets each tenant use. */
  readonly quota: Quota;
  readonly limits: {
    /** Inputs of one prediction request. */
    readonly inputs: number;
    /** Numbers in one answer. */
    readonly numbers: number;
    /** Pixels of all pictures of one request together. */
    readonly pixels: number;
  };
  /** More readiness checks, by name. */
  readonly checks?: Readonly<Record<string, () => boolean | Promise<boolean>>>;
  /** Receives internal errors with their original message, and the adaptation concerned. For logs, not for callers. */
  onError(error: unknown, about?: AdaptationRef & Pick<Adaptation, 'origin'>): void;
  /** Called for each adaptation that ends, in the process that ended it. */
  onEnded(adaptation: Adaptation): void;
}
