import { parseConfig } from '../../../src/config/parse.ts';
import type { Backend } from '../../../src/main/server/backends/backend.ts';
import { openBackend } from '../../../src/main/server/open-backend.ts';
import { noMeter } from '../../../src/ports/telemetry.ts';
import type { Service } from '../../../src/service/service.ts';
import { createMemoryRunner } from '../../support/memory/program-runner.ts';
import { openService } from '../../support/service.ts';
import { silent } from '../../support/silent.ts';
import { countingEmbedder, textPackages } from '../../support/text-service.ts';

/** Opens the stores of this environment, with packages that read texts, and closes them after `work`. */
export async function withService<T>(
  environment: Readonly<Record<string, string>>,
  work: (service: Service, backend: Backend) => Promise<T>,
): Promise<T> {
  const backend = await openBackend(parseConfig(environment), silent, noMeter, () => undefined);
  const runner = createMemoryRunner();
  const installed = await textPackages();
  for (const each of installed.packages) await runner.load(each);
  const { service } = openService(runner, installed.packages, {
    ...installed,
    ...backend,
    ...countingEmbedder(),
    clock: { now: () => new Date() },
  });
  try {
    return await work(service, backend);
  } finally {
    await backend[Symbol.asyncDispose]();
  }
}
