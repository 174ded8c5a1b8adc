import type { Example } from '../example.ts';
import { isDoubtful } from './weights.ts';

/**
 * The examples with one more from feedback, and that example as it is then in the list. Feedback on the same content replaces
 * the label of the earlier one. It changes nothing if a person has confirmed that one, or if an example of another source says
 * the same; then the answer is the same array.
 */
export function addFeedback(
  examples: readonly Example[],
  given: Example,
): { readonly examples: readonly Example[]; readonly example: Example } {
  const shown = examples.filter(({ content }) => content === given.content);
  const known = shown.find((each) => !isDoubtful(each) && (each.confirmed || hasSameOutcome(each, given)));
  if (known) return { examples, example: known };
  const earlier = shown.find(isDoubtful);
  if (!earlier) return { examples: [...examples, given], example: given };
  if (hasSameOutcome(earlier, given)) return { examples, example: earlier };
  const example: Example = { ...given, id: earlier.id };
  return { examples: examples.map((each) => (each === earlier ? example : each)), example };
}

function hasSameOutcome(a: Example, b: Example): boolean {
  return a.label === b.label && a.target?.join() === b.target?.join();
}
