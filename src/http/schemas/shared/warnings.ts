import { Type } from 'typebox';

const Warning = Type.Object(
  {
    code: Type.String({ description: 'The code of the warning. It does not change, unlike the text.' }),
    pointer: Type.String({ description: 'JSON pointer (RFC 6901) to the member of the body.' }),
    detail: Type.String({ description: 'An explanation of the warning, for people.' }),
  },
  { title: 'Warning', description: 'Something that you should know about an input that was accepted.' },
);

export const Warnings = Type.Array(Warning, {
  description: 'What you should know about the inputs, although they were accepted. Often empty.',
});
