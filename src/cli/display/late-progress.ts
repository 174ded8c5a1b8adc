import { createProgress, type Progress, type ProgressDisplay, type ProgressOptions } from './progress.ts';

/** Work that ends before this shows no progress. */
const SHOWN_AFTER_MS = 1000;

/** Progress that is shown only if the work takes longer than a second. */
export function createLateProgress(options: ProgressOptions): ProgressDisplay {
  const startMs = options.clock.now().getTime();
  let display: ProgressDisplay | null = null;
  return {
    update(progress: Progress) {
      if (options.clock.now().getTime() - startMs >= SHOWN_AFTER_MS) display ??= createProgress(options);
      display?.update(progress);
    },
    stop() {
      display?.stop();
      display = null;
    },
  };
}
