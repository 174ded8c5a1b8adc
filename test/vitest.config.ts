import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // `npm run test:docker`.
    exclude: [...configDefaults.exclude, 'test/docker/**'],
    // Native code: worker threads would share ONNX Runtime with the runner and abort it on a timeout.
    pool: 'forks',
    // Many wait more than they compute; by default one core would be left idle.
    maxWorkers: '100%',
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
