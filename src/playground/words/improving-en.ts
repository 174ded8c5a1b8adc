import type { Kind } from '../state/kinds.ts';

const ASKED_ABOVE = 'A question that you ask above appears here when you have not changed it for a moment.';

const times = (n: number) => (n === 1 ? 'once' : `${n} times`);

/** The texts about labelling what was asked, and about changes over time, in English. */
export const improving = {
  queueWhat:
    'The questions from which the model would learn the most. Name the right answer for each, one after the other.',
  keepWhat:
    'For this, the service must keep your questions: the latest 1000, for 30 days. Now it keeps none.',
  keep: 'Keep questions from now on',
  stopKeeping: 'Stop keeping questions.',
  codeOfLabels: 'Code that sends a label',
  queueLeft: (n: number) => (n === 1 ? 'The last one' : `${n} to go`),
  reviewReasons: {
    uncertain: 'Two labels are about as likely.',
    novel: 'It is unlike the examples.',
    rare_label: 'It may be of a label with few examples.',
  },
  itAnswered: 'It answered',
  whatIsIt: 'What is it?',
  rightNumber: 'The right number',
  notKept: 'The service does not keep this one any more.',
  saidBefore: (label: string) => `You have called it “${label}”. Choose another label, or skip to keep it.`,
  saidOf: (label: string) => `You gave the previous one the label “${label}”.`,
  skipped: 'The previous one was skipped.',
  skipItem: 'Skip',
  pictureToLabel: 'The picture to label',
  soundToLabel: 'the sound to label',
  queueDone: 'All done. There is nothing left to label.',
  queueEmpty: 'There is nothing to label yet.',
  queueHow: {
    drawing: `${ASKED_ABOVE} Or bring pictures without labels.`,
    photos: `${ASKED_ABOVE} Or bring photos without labels.`,
    text: `${ASKED_ABOVE} Or bring texts without labels.`,
    table: `${ASKED_ABOVE} Or bring a table without labels.`,
    sound: `${ASKED_ABOVE} Or bring sounds without labels.`,
  } satisfies Record<Kind, string>,
  bringTexts: 'Texts without labels, one on each line',
  bringFiles: 'Bring files',
  lookAgain: 'Look again',

  monitor: 'Watch for changes',
  codeOfSwitch: 'Code that turns this on',
  monitorWhat:
    'When inputs change over time, the answers of a model get worse, and nothing reports it. The service can compare the latest inputs with the first ones, and report when they differ.',
  monitorKept:
    'It keeps numbers that describe the first 200 and the latest 200 inputs, not the inputs. Nothing is watched now.',
  gathering: (had: number, wanted: number) =>
    `It is watching. The first 200 questions show what is usual; 25 more are needed to compare. It has ${had} of ${wanted}.`,
  tooFewExamples: (examples: number, inputs: number) =>
    `It needs 25 examples and 25 questions to compare. So far it has ${examples} and ${inputs}.`,
  driftState: (isDrift: boolean, isSupport: boolean, n: number) =>
    isDrift
      ? `The latest ${n} questions differ from ${isSupport ? 'the examples' : 'the first ones'}.`
      : `The latest ${n} questions look like ${isSupport ? 'the examples' : 'the first ones'}.`,
  driftSince: (time: string) => `Since ${time}.`,
  toldApart: (n: number) =>
    `A simple program gets one old and one new question. It finds the new one ${n} times out of 100. A random guess would find it 50 times out of 100.`,
  noDriftNote: 'About 1 in 20 checks finds a difference by chance.',
  driftChart: (n: number, over: number) => `Measured ${times(n)}; a change was found ${times(over)}`,
  changedAbove: 'above this line: changed',
  driftChartNote: 'How far the latest questions are from the first ones, each time the service looked.',
  afterInputs: (n: number) => `after ${n} questions`,
  comparedWith: 'Compared with',
  references: { window: 'The first questions', support: 'The examples' },
  whatChanged: 'What has changed',
  fromTo: (before: string, now: string) => `${before} → ${now}`,
  statistics: {
    characters: 'Length of texts',
    language: 'Language',
    missingCells: 'Empty cells',
    bytes: 'Size of files',
    pixels: 'Size of pictures',
    blank: 'Blank inputs',
    lowest: 'Lowest number',
    highest: 'Highest number',
    mean: 'Mean of the numbers',
    label: 'Answers',
    novelty: 'How unusual they are',
  },
  accuracyTitle: 'How often it was right',
  accuracyOf: (right: number, n: number) =>
    `By the labels that people gave: ${right} of ${n} answers were right.`,
  accuracyChart: (shares: string) => `Right answers over time: ${shares}`,
  accuracyNote:
    'The accuracy of each ten answers, with its interval. The dashed line is the accuracy that the report estimates.',
};

export type Improving = typeof improving;
