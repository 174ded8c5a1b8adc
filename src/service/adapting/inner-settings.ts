import type { InnerSettings } from '../../domain/adaptation.ts';
import { InnerloopError } from '../../errors.ts';
import type { Manifest } from '../../package/manifest.ts';

/** The settings of the request, completed with the package's defaults. @throws InnerloopError `invalid_settings` */
export function resolveSettings({ inner, task }: Manifest, given: GivenSettings = {}): InnerSettings {
  const { steps = inner.steps.default, rate = inner.rate.default, seed = 0, robust = false } = given;
  if (!Number.isInteger(steps) || !within(inner.steps, steps))
    throw invalid('steps', steps, 'an integer', inner.steps);
  if (!within(inner.rate, rate)) throw invalid('rate', rate, 'a number', inner.rate);
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw invalid('seed', seed, 'an integer', { minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
  }
  if (robust && task === 'regression') throw robustNeedsLabels();
  return { steps, rate, seed, ...(robust && { robust }) };
}

/** As a caller names them. */
export type GivenSettings = Partial<Omit<InnerSettings, 'robust'>> & { readonly robust?: boolean };

function robustNeedsLabels(): InnerloopError {
  const [expected, got] = ['a package that predicts labels', 'one that predicts numbers'];
  return new InnerloopError('invalid_settings', `Expected ${expected} for robust, got ${got}`, {
    pointer: '/settings/robust',
    expected,
    got,
  });
}

interface Bounds {
  readonly minimum: number;
  readonly maximum: number;
}

/** False for NaN. */
function within({ minimum, maximum }: Bounds, value: number): boolean {
  return value >= minimum && value <= maximum;
}

function invalid(name: keyof InnerSettings, got: unknown, kind: string, { minimum, maximum }: Bounds) {
  const expected = `${kind} from ${minimum} to ${maximum}`;
  return new InnerloopError('invalid_settings', `Expected ${name} to be ${expected}, got ${got}`, {
    pointer: `/settings/${name}`,
    expected,
    got: String(got),
  });
}
