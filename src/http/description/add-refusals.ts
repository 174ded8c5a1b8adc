import { SCOPES, type Scope } from '../../domain/keys/scope.ts';
import { InnerloopError } from '../../errors.ts';
import { lacksScope } from '../admission/access.ts';
import { overloaded } from '../admission/back-pressure.ts';
import { PROXY_REMEDY, refuseForwarded } from '../admission/local-only.ts';
import { problem } from '../errors/problems.ts';
import type { Message } from './add-answers.ts';

interface Operation {
  readonly 'x-scope'?: Scope;
  readonly parameters?: readonly { readonly name: string; readonly example?: unknown }[];
  responses?: Readonly<Record<string, Message>>;
}

/** Adds to each operation examples of the refusals that all operations have: of a wrong caller, and by a busy service. */
export function addRefusals({ paths = {} }: { readonly paths?: object }): void {
  for (const [template, operations] of Object.entries(paths))
    for (const operation of Object.values(operations as object) as Operation[]) {
      const { 'x-scope': scope, parameters = [], responses = {} } = operation;
      const example = (name: string) => parameters.find((each) => each.name === name)?.example ?? name;
      const path = template.replace(/\{(\w+)\}/g, (_, name: string) => `${example(name)}`);
      operation.responses = {
        ...responses,
        ...withExample(responses, '403', () => refusalOf(scope), path),
        ...withExample(responses, '5XX', () => overloaded('The server is busy'), path),
      };
    }
}

function withExample(
  responses: Readonly<Record<string, Message>>,
  name: string,
  refusal: () => InnerloopError,
  path: string,
): Readonly<Record<string, Message>> {
  const answer = responses[name];
  if (!answer?.content) return {};
  const { code, message, details } = refusal();
  const content = Object.entries(answer.content).map(([type, { examples: _, ...media }]) => {
    const isProblem = type === 'application/problem+json';
    const example = isProblem ? problem(code, message, path, details) : { error: message };
    return [type, { ...media, example }];
  });
  return { [name]: { ...answer, content: Object.fromEntries(content) } };
}

/**
 * The refusal of a key with the scope before this one. Every key has the first scope, so its operations refuse only
 * proxies.
 */
function refusalOf(scope: Scope | undefined): InnerloopError {
  const before = scope === undefined ? undefined : SCOPES[SCOPES.indexOf(scope) - 1];
  if (scope !== undefined && before !== undefined) return lacksScope(scope, [before]);
  try {
    refuseForwarded({ headers: { 'x-forwarded-for': '192.0.2.1' } }, PROXY_REMEDY);
  } catch (error) {
    if (error instanceof InnerloopError) return error;
  }
  throw new Error('Expected a request through a proxy to be refused');
}
