const TIME = '2026-01-05T09:30:00.000Z';
/** The URL that examples show in place of the one that receives messages while answers are recorded. */
export const WEBHOOK_URL = 'https://example.com/innerloop';
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=';

/**
 * Makes a function that removes from answers what differs from run to run: times, random ids, secrets, and the last digits of
 * numbers. An id becomes the same one in all answers.
 */
export function createSettle(webhook: string) {
  const ids = new Map<string, string>();
  const settledId = (id: string, kind: string, digits: string) => {
    const known = ids.get(id) ?? `${kind}_${`${ids.size + 1}`.padStart(digits.length, '0')}`;
    ids.set(id, known);
    return known;
  };
  const settledText = (text: string) =>
    text
      .replaceAll(webhook, WEBHOOK_URL)
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, TIME)
      .replace(/whsec_[\w+/=]+/g, SECRET)
      .replace(/\b(ex|prd|whk|msg)_([0-9a-f]{32,})/g, settledId);
  const settledMember = (name: string, value: unknown): unknown => {
    if (typeof value === 'string') return settledText(value);
    if (typeof value === 'number') return name.endsWith('Ms') ? 1 : Number(value.toPrecision(3));
    if (isAdaptation(value)) return withoutTiming(value);
    return value;
  };
  return {
    answer: (body: unknown): unknown => JSON.parse(JSON.stringify(body, settledMember)),
    request: (body: unknown): unknown => JSON.parse(settledText(JSON.stringify(body))),
  };
}

interface Adaptation {
  readonly status: string;
  readonly settings: { readonly steps: number };
}

const isAdaptation = (value: unknown): value is Adaptation =>
  (value as { readonly object?: unknown } | null)?.object === 'adaptation';

/** Adaptations in steps may be answered before their report is computed, and cancelled ones after some of their steps. */
function withoutTiming(adaptation: Adaptation): Adaptation {
  const { status, settings } = adaptation;
  return {
    ...adaptation,
    ...(settings.steps > 0 && { report: null }),
    ...(status === 'cancelled' && {
      progress: { step: 0, steps: settings.steps },
      losses: [],
      timings: { queuedMs: null, runMs: null },
      executionProvider: null,
      startedAt: null,
    }),
  };
}
