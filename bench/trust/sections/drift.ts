import { finish } from '../../../src/concurrency/slices.ts';
import { nextAlarm } from '../../../src/domain/drift/alarm.ts';
import type { Alarm } from '../../../src/domain/drift/asked-input.ts';
import { inDeviations } from '../../../src/domain/drift/deviations.ts';
import { type Compared, driftBetween } from '../../../src/domain/drift/drift.ts';
import { rbfKernel } from '../../../src/domain/drift/kernel.ts';
import { LEVEL, mmdTest } from '../../../src/domain/drift/mmd.ts';
import { createSketch } from '../../../src/domain/drift/sketch.ts';
import { shuffled } from '../../../src/domain/trust/shuffle.ts';
import { markdownTable } from '../../../src/training/card/markdown-table.ts';
import { openStreams, type Stream } from '../drift/streams.ts';
import type { Section } from '../section.ts';

const REFERENCE = 200;
const WINDOWS = [50, 100, 200];
/** The share of a window that has changed. */
const SHARES = [1, 0.2];
/** Inputs between two checks, checks of one stream, and streams: the checks in the background. */
const STEP = 50;
const CHECKS = 20;
const STREAMS = 50;
/** Windows of each figure of power: its deviation is at most 0.05. */
const POWER_WINDOWS = 100;

/** Whether changes are found, and how often one is found where there is none. */
export const drift: Section = {
  title: 'Whether a change of inputs is found',
  intro:
    `The first ${REFERENCE} inputs against a window of later ones, as \`GET /tasks/{task}/drift\` compares them. *False alarms*: the share of windows that are called drift although both come from one data set. The test promises 0.05. The goal is a measured share from 0.035 to 0.065. ` +
    `*Sent wrongly*: of streams of ${REFERENCE + CHECKS * STEP} inputs without a change, the number for which the checks in the background (every ${STEP} inputs) would send \`drift.detected\`. ` +
    'Power: the share of windows that are called drift where all inputs, or a fifth of them, have changed. *Turned*: the file has lost the orientation tag of a camera that was held sideways. *Another camera*: 64 pixels, blurred, darker, JPEG quality 40. *Another topic*: from CLINC150 to HWU64. Photos are of Caltech 101, drawings of Quick, Draw!.',
  countsTasks: true,
  async run({ training, tasks, note }) {
    const streams = (await openStreams(training)).map(sketched);
    const still = streams.filter(({ after }) => !after);
    const alarms = still.map((stream) => {
      note(`drift: false alarms, ${stream.name}`);
      return [stream.name, String(tasks), falseAlarms(stream, tasks).toFixed(3), sentWrongly(stream)];
    });
    const power = streams.filter(hasChanged).flatMap((stream) =>
      SHARES.map((share) => {
        note(`drift: power, ${stream.name}, ${share}`);
        const cells = WINDOWS.map((size) => powerOf(stream, size, share));
        return [stream.name, share === 1 ? 'all' : 'a fifth', ...cells];
      }),
    );
    const heads = WINDOWS.map((size) => `${size} inputs`);
    return [
      markdownTable(['Inputs', 'Windows', 'False alarms', 'Sent wrongly'], alarms),
      `Power / mean AUC of the domain classifier, ${POWER_WINDOWS} windows each:`,
      markdownTable(['Change', 'Inputs that change', ...heads], power),
    ].join('\n\n');
  },
};

type Changed = Stream & Required<Pick<Stream, 'after'>>;
const hasChanged = (stream: Stream): stream is Changed => stream.after !== undefined;

/** As the service keeps them. */
function sketched({ before, after, ...rest }: Stream): Stream {
  const sketch = createSketch(rest.encoder);
  return { ...rest, before: before.map(sketch), ...(after && { after: after.map(sketch) }) };
}

const pick = (rows: readonly Float32Array[], n: number, seed: string): readonly Compared[] =>
  shuffled(rows.length, seed)
    .slice(0, n)
    .map((row) => ({ features: rows[row] as Float32Array, label: null, facts: {} }));

/** As in `driftBetween`, without all that does not decide. */
function pValueOf(reference: readonly Compared[], window: readonly Compared[], seed: string): number {
  const rows = inDeviations([...reference, ...window].map(({ features }) => features));
  return finish(mmdTest(finish(rbfKernel(rows)), reference.length, seed)).pValue;
}

function falseAlarms({ name, before }: Stream, windows: number): number {
  let found = 0;
  for (let i = 0; i < windows; i++) {
    const rows = pick(before, REFERENCE + 200, `${name} ${i}`);
    found += Number(pValueOf(rows.slice(0, REFERENCE), rows.slice(REFERENCE), `${i}`) <= LEVEL);
  }
  return found / windows;
}

/** With the rule of the service: two checks in a row. */
function sentWrongly({ name, before }: Stream): string {
  let sent = 0;
  for (let i = 0; i < STREAMS; i++) {
    const rows = pick(before, REFERENCE + CHECKS * STEP, `${name} stream ${i}`);
    const reference = rows.slice(0, REFERENCE);
    let alarm: Alarm | null = null;
    let isSent = false;
    for (let count = REFERENCE + STEP; count <= rows.length; count += STEP) {
      const window = rows.slice(Math.max(REFERENCE, count - 200), count);
      const pValue = pValueOf(reference, window, `${i}`);
      alarm = nextAlarm(alarm, { at: '', count, pValue, distance: 0, threshold: 0 });
      isSent ||= alarm.since !== null;
    }
    sent += Number(isSent);
  }
  return `${sent} of ${STREAMS} streams`;
}

function powerOf({ name, before, after }: Changed, size: number, share: number): string {
  let [found, auc] = [0, 0];
  const many = Math.round(size * share);
  const same = Math.min(size - many, before.length - REFERENCE);
  for (let i = 0; i < POWER_WINDOWS; i++) {
    const rows = pick(before, REFERENCE + same, `${name} ${i}`);
    const window = [...pick(after, many, `${name} after ${i}`), ...rows.slice(REFERENCE)];
    const compared = finish(driftBetween(rows.slice(0, REFERENCE), window, `${i}`));
    found += Number(compared.isDrift);
    auc += compared.auc ?? 0.5;
  }
  return `${(found / POWER_WINDOWS).toFixed(2)} / ${(auc / POWER_WINDOWS).toFixed(2)}`;
}
