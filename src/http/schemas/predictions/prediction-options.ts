import { type Static, Type } from 'typebox';
import { InnerloopError } from '../../../errors.ts';
import type { PredictOptions as Options } from '../../../service/service.ts';
import { namedOnce } from '../../protocol/query.ts';
import { closed } from '../shared/shape.ts';
import { PredictionDefaults } from '../task-settings.ts';

const AdaptationId = Type.String({
  minLength: 1,
  maxLength: 128,
  description:
    'The id of the adaptation to use: any succeeded adaptation of the task. Default: the current adaptation.',
  examples: ['adp_0123456789abcdef0123456789abcdef'],
});

const Trial = Type.Boolean({
  description:
    'Whether this call is only a trial, for example while somebody types. The task does not keep predictions of trials (`keep`), and drift does not count their inputs (`monitor`). Default: false.',
});

const { reject, set, explain } = PredictionDefaults.properties;

export const PredictOptions = Type.Object(
  { adaptation: Type.Optional(AdaptationId), reject, set, explain, trial: Type.Optional(Trial) },
  {
    title: 'PredictOptions',
    ...closed,
    description: 'Options that are absent are the `defaults` of the task.',
  },
);
type InBody = Static<typeof PredictOptions>;

/** The options of the JSON body, as query parameters. Other bodies have only these. */
export const PredictQuery = Type.Object(
  {
    adaptation: Type.Optional(AdaptationId),
    reject: Type.Optional(
      Type.Boolean({ description: 'Whether a prediction may answer "none of these", as in `options`.' }),
    ),
    coverage: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 1,
        description: 'As `{"reject": {"coverage": …}}` in `options`.',
      }),
    ),
    set,
    explain,
    trial: Type.Optional(Trial),
  },
  closed,
);
type InQuery = Static<typeof PredictQuery>;

/** The options that the body or the query names. @throws InnerloopError `invalid_request` if both do, with other values */
export function optionsOf(body: InBody = {}, inQuery: InQuery): Options {
  return Object.keys(inQuery).length === 0 ? body : merged(body, inQuery);
}

function merged(body: InBody, { coverage, reject: flag, ...query }: InQuery): Options {
  if (coverage !== undefined && flag !== undefined) throw twice();
  const inQuery: InBody = {
    ...query,
    ...(flag !== undefined && { reject: flag }),
    ...(coverage !== undefined && { reject: { coverage } }),
  };
  const names = [...new Set([...Object.keys(body), ...Object.keys(inQuery)])] as (keyof InBody)[];
  return Object.fromEntries(
    names.map((name) => [name, namedOnce(`options/${name}`, body[name], name, inQuery[name])]),
  );
}

function twice(): InnerloopError {
  const expected = 'reject or coverage in the query';
  return new InnerloopError('invalid_request', `Expected ${expected}, got both`, { expected, got: 'both' });
}
