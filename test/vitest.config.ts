import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { fromBuild } from './support/tiers/from-build.ts';

/** Tiers with a file suffix: `x.contract.test.ts` is in `contract`. */
const SUFFIXES = ['contract', 'process', 'fuzz', 'training', 'models', 'browser'];
/** Tiers with a folder: all tests below `test/faults/` are in `faults`. */
const FOLDERS = ['faults', 'docker'];

const withSuffix = (tier: string) => `test/**/*.${tier}.test.ts`;
const inFolder = (tier: string) => `test/${tier}/**/*.test.ts`;

type Options = NonNullable<TestProjectInlineConfiguration['test']>;

/** Lines of sources are counted, and printed in failures, only if tests load the sources. */
const plugins = process.env.TEST_SOURCES ? [] : [fromBuild];

const tier = (name: string, options: Options): TestProjectInlineConfiguration => ({
  extends: true,
  plugins,
  test: {
    name,
    globalSetup: ['test/support/tiers/build.ts'],
    setupFiles: ['test/support/tiers/all.ts'],
    // Node loads the build itself.
    server: { deps: { external: [/\/dist\//] } },
    ...options,
  },
});

/** Tests that wait for processes and timers more than they compute. They run after the tiers that compute. */
const mostlyWaiting: Options = {
  // Vitest takes no percentage above 100.
  maxWorkers: 2 * availableParallelism(),
  sequence: { groupOrder: 1 },
};

/** Each tier is a project. CONTRIBUTING.md says what belongs where. */
export default defineConfig({
  test: {
    // Use processes: worker threads would share ONNX Runtime's native code with the runner, and a timeout would abort it.
    pool: 'forks',
    // By default one core would be left idle.
    maxWorkers: '100%',
    // Files of one worker share modules: they start in a third of the time.
    isolate: false,
    // Keeps compiled sources between runs.
    experimental: { fsModuleCache: true },
    // Limits for a machine with other work: they end a test that hangs, and say nothing about speed.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
    coverage: { provider: 'v8', include: ['src/**/*.ts'], reporter: ['text-summary', 'html'] },
    projects: [
      tier('unit', {
        include: ['test/**/*.test.ts'],
        exclude: [...configDefaults.exclude, ...SUFFIXES.map(withSuffix), ...FOLDERS.map(inFolder)],
        // Only here: asking a page or a server this often would slow them.
        expect: { poll: { timeout: 30_000, interval: 10 } },
        setupFiles: ['test/support/tiers/unit.ts'],
      }),
      tier('fuzz', { include: [withSuffix('fuzz')], testTimeout: 300_000 }),
      tier('contract', { include: [withSuffix('contract')], ...mostlyWaiting, testTimeout: 120_000 }),
      tier('process', {
        ...mostlyWaiting,
        include: [withSuffix('process')],
        exclude: [...configDefaults.exclude, ...FOLDERS.map(inFolder)],
        testTimeout: 300_000,
      }),
      // Whole trainings: each takes many seconds on all cores.
      tier('training', {
        include: [withSuffix('training')],
        testTimeout: 300_000,
      }),
      // Models of others: the files take memory, so one at a time.
      tier('models', { include: [withSuffix('models')], testTimeout: 300_000 }),
      // The page in a real browser, over the built service.
      tier('browser', {
        ...mostlyWaiting,
        // A browser and a server compute in each of them.
        maxWorkers: Math.ceil(1.5 * availableParallelism()),
        // Tiers of one group have the same number of workers.
        sequence: { groupOrder: 2 },
        include: [withSuffix('browser')],
        // Pages change when an answer arrives, which takes longer on a machine with other work.
        testTimeout: 240_000,
        expect: { poll: { timeout: 60_000 } },
      }),
      tier('faults', {
        ...mostlyWaiting,
        include: [inFolder('faults')],
        testTimeout: 600_000,
      }),
      tier('docker', {
        include: [inFolder('docker')],
        globalSetup: ['test/support/tiers/build.ts', 'test/docker/build-image.ts'],
        // Run these tests one at a time: one test may already need five containers.
        fileParallelism: false,
        sequence: { groupOrder: 3 },
        testTimeout: 120_000,
        hookTimeout: 300_000,
      }),
    ],
  },
});
