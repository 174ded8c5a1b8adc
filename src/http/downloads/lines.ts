import type { Content } from '../../domain/content.ts';
import type { ExamplesToDownload } from '../../service/examples/use-cases.ts';
import { nested } from '../../service/predicting/predict.ts';
import { sizeOf } from '../../tensor.ts';
import { fileTypeOf } from './file-headers.ts';

/** The examples as lines of JSON, in the form of `support` of `adapt`. */
export async function* linesOf(
  { contents, targetShape, inputShape }: ExamplesToDownload,
  signal?: AbortSignal,
): AsyncGenerator<string> {
  for await (const { example, content } of contents(signal)) {
    const outcome = targetShape
      ? { target: nested(Float64Array.from(example.target ?? []), targetShape) }
      : { label: example.label };
    yield `${JSON.stringify({ ...outcome, input: inputOf(content, inputShape) })}\n`;
  }
}

function inputOf(content: Content, inputShape: readonly number[]): unknown {
  const { kind, bytes } = content;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (kind) {
    case 'text':
      return { text: buffer.toString() };
    case 'row':
      return JSON.parse(buffer.toString());
    case 'tensor': {
      const count = bytes.byteLength / Float32Array.BYTES_PER_ELEMENT;
      const shape = sizeOf(inputShape) === count && inputShape.length > 0 ? inputShape : [count];
      return { shape, dtype: 'float32', data: buffer.toString('base64') };
    }
    default:
      return { file: `data:${fileTypeOf(content).mediaType};base64,${buffer.toString('base64')}` };
  }
}
