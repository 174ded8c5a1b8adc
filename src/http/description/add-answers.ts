import { answers } from './answers.ts';

interface Media {
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, unknown>>;
}

/** A body of a description: that of a request, or of an answer. */
export interface Message {
  readonly content?: Readonly<Record<string, Media>>;
}

interface Operation {
  readonly operationId?: string;
  requestBody?: Message;
  responses?: Readonly<Record<string, Message>>;
}

/** Adds to each operation its examples: requests to a real service, and its answers (`npm run answers`). */
export function addAnswers({ paths = {} }: { readonly paths?: object }): void {
  const operations = Object.values(paths).flatMap((path) => Object.values(path as object)) as Operation[];
  for (const operation of operations)
    for (const [name, call] of Object.entries(answers[operation.operationId ?? ''] ?? {})) {
      const { summary, request, requestType = 'application/json', status, type, answer } = call;
      const { requestBody, responses = {} } = operation;
      if (requestBody) operation.requestBody = withExample(requestBody, requestType, name, summary, request);
      const answered = responses[status];
      if (answered)
        operation.responses = { ...responses, [status]: withExample(answered, type, name, summary, answer) };
    }
}

/** A copy with one more example: operations share the messages of their schemas. */
function withExample(message: Message, type: string, name: string, summary: string, value: unknown): Message {
  const media = message.content?.[type];
  if (!media || value === undefined) return message;
  const { example: _, examples, ...rest } = media;
  const added = { ...rest, examples: { ...examples, [name]: { summary, value } } };
  return { ...message, content: { ...message.content, [type]: added } };
}
