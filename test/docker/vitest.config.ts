import { defineConfig } from 'vitest/config';

/** `npm run test:docker`: what needs a Docker engine, and minutes. */
export default defineConfig({
  test: {
    include: ['test/docker/**/*.test.ts'],
    globalSetup: ['test/docker/build-image.ts'],
    pool: 'forks',
    // A machine that runs five containers of one test has nothing left for those of another.
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 300_000,
  },
});
