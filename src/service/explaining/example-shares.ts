import { countLabels } from '../../domain/class-order.ts';
import type { ExampleShare } from '../../domain/explaining/explanation.ts';
import { comparableRows, distancesTo, queryRow } from '../../domain/trust/novelty/nearest.ts';
import { softmax } from '../../domain/trust/softmax.ts';
import type { ProgramRunner } from '../../ports/program-runner.ts';
import { joinRows, sizeOf, type Tensor } from '../../tensor.ts';
import type { Learnable } from '../support/learnable.ts';
import { metricOf } from '../trust/metric.ts';
import type { Answered } from './answered.ts';

/** Examples that are left out one by one: the nearest. Fewer for packages that take steps, which are slower. */
const MOST_TRIED = { closedForm: 40, steps: 12 };
/** Training rows, times steps, that one explanation may cost: of large sets and long runs fewer examples are tried. */
const MAX_COST = 100_000;
/** Examples in an answer. */
const MOST_TOLD = 10;

/**
 * What each example adds to an answer: how much the log probability of the label (for regression, the number) changes when the
 * adaptation learns without the example. This is leave-one-out influence, exact for every algorithm, because the adaptation is
 * computed again. Only the examples nearest to the input are tried.
 * @see Koh & Liang, ICML 2017, https://arxiv.org/abs/1703.04730, §2 (influence functions approximate this)
 */
export function createExampleShares(runner: Pick<ProgramRunner, 'splits'>) {
  return async (answered: Answered, { support, x, y }: Learnable): Promise<readonly ExampleShare[]> => {
    const { adaptation, manifest, signal } = answered;
    const { settings } = adaptation;
    const n = support.examples.length;
    const all = Array.from({ length: n }, (_, i) => i);
    const { outcome } = support;
    const labels = outcome.kind === 'labels' ? outcome.labels : null;
    const counts = outcome.kind === 'labels' ? countLabels(outcome.labels, outcome.classes) : {};
    const isOnly = (row: number) => counts[labels?.[row] ?? ''] === 1;
    const tried = nearestRows(answered, x)
      .filter((row) => !isOnly(row) && n > 1)
      .slice(0, mostTried(n, settings.steps));
    const answers = await runner.splits({
      digest: manifest.digest,
      ...withQuery(x, y, answered.x),
      steps: settings.steps,
      rate: settings.rate,
      signal,
      splits: [all, ...tried.map((row) => all.filter((each) => each !== row))].map((train) => ({
        train,
        test: [n],
      })),
    });
    const [whole = 0, ...without] = answers.map(({ data }) => scoreOf(data, answered));
    const added = tried.map((row, i) => ({ row, added: addedBy(whole, without[i] ?? whole, answered) }));
    // Without the only example of its label, the label could not be answered at all.
    const own = all.filter((row) => isOnly(row) && labels?.[row] === answered.answer?.label);
    const sum = added.reduce((total, each) => total + each.added, 0);
    const shares = own.length > 0 ? own.map((row) => ({ row, share: 1 })) : sharesOf(added, sum);
    return shares.slice(0, MOST_TOLD).flatMap(({ row, share }) => {
      const example = support.examples[row];
      if (!example || share <= 0) return [];
      return [{ id: example.id, ...(example.label !== undefined && { label: example.label }), share }];
    });
  };
}

function mostTried(examples: number, steps: number): number {
  const most = steps > 0 ? MOST_TRIED.steps : MOST_TRIED.closedForm;
  return Math.max(1, Math.min(most, Math.floor(MAX_COST / (examples * (1 + steps))) - 1));
}

const sharesOf = (added: readonly { readonly row: number; readonly added: number }[], sum: number) =>
  added
    .map(({ row, added: each }) => ({ row, share: sum > 0 ? each / sum : 0 }))
    .toSorted((a, b) => b.share - a.share);

/** For a label, examples that oppose it add nothing; for a number, changes in both directions count. */
function addedBy(whole: number, without: number, { answer }: Answered): number {
  return answer ? Math.max(0, whole - without) : Math.abs(whole - without);
}

function scoreOf(logits: Float32Array, { answer }: Answered): number {
  return answer ? Math.log(Math.max(1e-12, softmax(logits)[answer.index] ?? 0)) : (logits[0] ?? 0);
}

/** The query as a last row, of no class. It is never learned from. */
function withQuery(x: Tensor, y: Tensor, query: Tensor): { x: Tensor; y: Tensor } {
  const outcome = y.shape.slice(1);
  const none = { shape: [1, ...outcome], data: new Float32Array(sizeOf(outcome)) };
  return { x: joinRows([x, query]) ?? x, y: joinRows([y, none]) ?? y };
}

function nearestRows({ manifest, x: query }: Answered, x: Tensor): readonly number[] {
  const distances = distancesTo(queryRow(query, 0), comparableRows(x, metricOf(manifest)));
  return [...distances.keys()].toSorted((a, b) => (distances[a] as number) - (distances[b] as number));
}
