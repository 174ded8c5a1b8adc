import { mapWithLimit } from '../../concurrency/limit.ts';
import { InnerloopError, isUnavailable } from '../../errors.ts';
import { joinRows, sizeOf, type Tensor } from '../../tensor.ts';
import type { RawInput } from '../inputs/raw-input.ts';
import type { AdaptedModel } from '../service.ts';
import type { Answered } from './answered.ts';

/** Inputs that are decoded at the same time. */
const AT_A_TIME = 8;

/** Predicts changed inputs with an adapted model: the probability of the label at `index`, or the first number. */
export function createAsk(
  { decode, answer, answerShape }: Pick<AdaptedModel, 'decode' | 'answer' | 'answerShape'>,
  index: number,
  signal: AbortSignal,
): Pick<Answered, 'ask' | 'askRows'> {
  const width = sizeOf(answerShape);

  async function askRows(x: Tensor): Promise<Float64Array> {
    const count = x.shape[0] ?? 0;
    const { data } = await answer(x);
    return Float64Array.from({ length: count }, (_, row) => data[row * width + index] as number);
  }

  return {
    askRows,
    async ask(inputs) {
      const decodeOne = async (input: RawInput): Promise<Tensor | null> => {
        try {
          return (await decode([input], signal)).x;
        } catch (error) {
          // Without its only stroke, a drawing shows nothing.
          if (error instanceof InnerloopError && !isUnavailable(error)) return null;
          throw error;
        }
      };
      const rows = await mapWithLimit(inputs, decodeOne, signal, AT_A_TIME);
      const shown = rows.filter((row) => row !== null);
      const x = shown.length > 0 ? joinRows(shown) : null;
      const answers = x ? await askRows(x) : new Float64Array();
      let next = 0;
      return Float64Array.from(rows, (row) => (row ? (answers[next++] as number) : Number.NaN));
    },
  };
}
