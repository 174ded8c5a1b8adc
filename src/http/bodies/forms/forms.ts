import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { InnerloopError } from '../../../errors.ts';
import type { RawInput } from '../../../service/inputs/raw-input.ts';
import type { Limits } from '../../limits.ts';
import { BATCH_BODY, type Batch, refuseTarget, requireType } from '../batch.ts';
import { parseJsonWith } from '../json.ts';
import { bodyKinds } from '../kinds.ts';
import { malformed, readParts } from './multipart-parser.ts';
import { inputOfPart, type PartOptions } from './part-input.ts';
import { describePart, nameOfPart, type PartName } from './part-name.ts';

interface FormInput extends PartName {
  readonly input: RawInput;
}

/** Most files of one form in memory at a time: the service decodes two while a third arrives. Back-pressure counts them. */
export const FILES_HELD = 3;

/** Accepts multipart forms. Each part is read from the connection only when the route's handler asks for it. */
export function acceptForms(app: FastifyInstance, limits: Limits): void {
  const parseJson = parseJsonWith(app);
  app.addContentTypeParser([...bodyKinds.form.types], async (request: FastifyRequest, payload: Readable) => {
    requireType(request, bodyKinds.form);
    const { querystring } = request.routeOptions.schema as { querystring?: { properties?: object } };
    const form = readForm(request, payload, limits, {
      parseJson: (bytes) => parseJson(request, bytes),
      options: Object.keys(querystring?.properties ?? {}),
    });
    // Read the first part at once, so that a malformed form is refused as such, before other checks of the request.
    const rest = form.inputs();
    const first = await rest.next();
    request.itemName = form.nameOf;
    request.batch = formBatch(form.names, async function* () {
      if (first.done) return;
      yield first.value;
      yield* rest;
    });
    return BATCH_BODY;
  });
}

function formBatch(names: readonly PartName[], read: () => AsyncGenerator<FormInput>): Batch {
  return {
    async *examples(target) {
      refuseTarget(
        target,
        "the fields of a form are labels: send a table as the body, curl: -H 'content-type: text/csv' --data-binary @table.csv",
      );
      for await (const { name, input } of read()) yield { input, ...(name !== undefined && { label: name }) };
    },
    async *inputs() {
      for await (const { input } of read()) yield input;
    },
    sourceOf(part) {
      const { name, filename } = names[part] ?? {};
      return { ...(name !== undefined && { field: name }), ...(filename !== undefined && { filename }) };
    },
  };
}

/** A form whose parts are read in order. */
interface Form {
  inputs(): AsyncGenerator<FormInput>;
  /** The names of the parts that have been read. */
  readonly names: readonly PartName[];
  /** The name of such a part in error messages. */
  nameOf(part: number): string;
}

function readForm(
  { headers, raw }: FastifyRequest,
  payload: Readable,
  limits: Limits,
  options: PartOptions,
): Form {
  const { formBytes, fileBytes, files } = limits;
  const [, quoted, token] =
    /;\s*boundary=(?:"([^"]+)"|([^\s";]+))/i.exec(headers['content-type'] ?? '') ?? [];
  const boundary = quoted ?? token;
  if (boundary === undefined) throw malformed('one whose content-type has no boundary');
  const wholeBody = `a form of at most ${formBytes} bytes (MAX_FORM_BYTES)`;
  if (Number(headers['content-length'] ?? 0) > formBytes) throw tooLarge(wholeBody);
  const names: PartName[] = [];
  const nameOf = (part: number) => {
    const name = names[part];
    return name ? describePart(name, part) : '';
  };

  return {
    names,
    nameOf,
    async *inputs() {
      // After an error the rest stays unread. Do not destroy the request: that would close the connection before the answer.
      const source = payload.iterator({ destroyOnReturn: payload !== raw }) as AsyncIterator<Buffer>;
      const parts = readParts(source, {
        boundary,
        begin(partHeaders) {
          if (names.length === files) throw tooLarge(`at most ${files} files (MAX_FILES)`);
          names.push(nameOfPart(partHeaders, names.length));
        },
        count(partBytes, totalBytes) {
          if (partBytes > fileBytes) {
            throw tooLarge(`files of at most ${fileBytes} bytes (MAX_FILE_BYTES)`, nameOf(names.length - 1));
          }
          if (totalBytes > formBytes) throw tooLarge(wholeBody);
        },
      });
      try {
        for await (const part of parts) {
          const number = names.length - 1;
          const name = names[number] ?? {};
          yield { ...name, input: await inputOfPart(part, name, number, options) };
        }
      } catch (error) {
        if (error instanceof InnerloopError) throw error;
        throw malformed(`one that cannot be read: ${error instanceof Error ? error.message : String(error)}`);
      } finally {
        await source.return?.();
      }
    },
  };
}

function tooLarge(expected: string, place = ''): InnerloopError {
  return new InnerloopError('payload_too_large', `Expected ${expected}, got more${place}`, {
    expected,
    got: 'more',
  });
}
