import type { CliContext, OpenTrainingContext } from './context.ts';
import { createProgress, type ProgressDisplay } from './progress.ts';

/**
 * Opens the training context of a command, with its messages on stderr: how far the pictures of a dataset are decoded,
 * and each note once, even if several splits of a dataset give it.
 */
export async function openTraining(context: CliContext, threads: number): Promise<OpenTrainingContext> {
  const { stderr, clock, signal } = context;
  const notes = new Set<string>();
  let display: ProgressDisplay | null = null;
  // A bar that is not stopped keeps the process alive.
  const stop = () => {
    display?.stop();
    display = null;
  };
  const training = await context.openTrainingContext({
    threads,
    signal,
    onProgress(done, total) {
      display ??= createProgress({ name: 'decoding pictures', stream: stderr, clock });
      display.update({ done, total, notes: [] });
      if (done === total) stop();
    },
    onNote(note) {
      if (!notes.has(note)) stderr.write(`${note}\n`);
      notes.add(note);
    },
  });
  return {
    ...training,
    async [Symbol.asyncDispose]() {
      stop();
      await training[Symbol.asyncDispose]();
    },
  };
}
