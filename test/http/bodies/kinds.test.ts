import { describe, expect, it } from 'vitest';
import { pictureFormats, soundFormats } from '../../../src/domain/file-formats/formats.ts';
import { bodyKinds, fileKinds, kindOfBody } from '../../../src/http/bodies/kinds.ts';

const formats = [...pictureFormats, ...soundFormats];

describe('the kind of a body', () => {
  it.each([
    ['application/json', 'MAX_BODY_BYTES'],
    ['text/csv; charset=utf-8', 'MAX_BODY_BYTES'],
    ['application/jsonl', 'MAX_BODY_BYTES'],
    ['multipart/form-data; boundary=application/zip', 'MAX_FORM_BYTES'],
    [' Application/X-Zip-Compressed ', 'MAX_FORM_BYTES'],
    ['image/jpg', 'MAX_FILE_BYTES'],
    ['Text/Plain;charset=utf-8', 'MAX_FILE_BYTES'],
    ['application/octet-stream', 'MAX_BODY_BYTES'],
    ['constructor', 'MAX_BODY_BYTES'],
    ['', 'MAX_BODY_BYTES'],
    [undefined, 'MAX_BODY_BYTES'],
  ])('by its media type %j has the limit %s', (type, setting) => {
    expect(kindOfBody(type).setting).toBe(setting);
  });

  it('is found by each of its media types, all of them if formats share one, and only a form is read in parts', () => {
    const kinds = [...Object.values(bodyKinds), ...fileKinds];
    for (const kind of kinds) for (const type of kind.types) expect(kindOfBody(type)).toBe(kind);
    const named = formats.flatMap(({ mediaTypes }) => mediaTypes);
    expect(new Set(fileKinds.flatMap(({ types }) => types))).toEqual(new Set(named));
    expect(kinds.filter(({ inParts }) => inParts)).toEqual([bodyKinds.form]);
  });
});
