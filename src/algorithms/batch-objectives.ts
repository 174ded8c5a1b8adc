import { add, exp, gemm, input, mul, neg, reduceMean, reduceSum } from '../graph/ops/index.ts';
import type { OnPass, Program } from '../graph/program.ts';
import { unitRows } from '../nn/layers/attention.ts';
import type { Network } from '../nn/network.ts';
import { type ParameterSpecs, parameterInputs, startAt, weightOf } from '../nn/parameters.ts';
import { gradientOf, objectiveProgram } from './objective.ts';

/** Scale of the cosines at the start, by which they become logits. */
const LOGIT_SCALE = 16;
/**
 * Weights that start at random move faster than weights that were trained before: in steps of this many times their size.
 */
const NEW = 10;

const newMatrix = (rows: number, columns: number, fanIn: number): ParameterSpecs[string] => ({
  shape: [rows, columns],
  start: { normal: 1 / Math.sqrt(fanIn) },
  size: NEW / Math.sqrt(fanIn),
});

/** The classifier of `supervisedObjective`: one row for each class of the training. */
export const classifierParameters = ({ features }: Network, classes: number): ParameterSpecs => ({
  'classifier.weight': newMatrix(classes, features, features),
  'classifier.scale': startAt(Math.log(LOGIT_SCALE), []),
});

/**
 * Cross-entropy over all classes of the training, with a cosine classifier W and scale s:
 *
 *     L = −Σ_c q_c log softmax(s cos(f_θ(x), w_c)),    q = (1 − ε) y + ε / classes
 *
 * `parameters` are all weights, those of the classifier included; ε is the label smoothing. Inputs: the weights by name,
 * x [N, …input], y [N, classes] one-hot. Outputs: `loss` [], `output` [N, classes] and `gradient/<name>`.
 *
 * @see Chen, Liu, Kira, Wang & Huang, ICLR 2019, https://arxiv.org/abs/1904.04232, §3.2 (Baseline++), whose classifier is
 * replaced by a new one for each task, as here; Szegedy et al. 2016, https://arxiv.org/abs/1512.00567, §7 (label smoothing)
 */
export function supervisedObjective(
  net: Network,
  parameters: ParameterSpecs,
  smoothing: number,
  onPass?: OnPass,
): Program {
  const theta = parameterInputs(parameters);
  const rows = weightOf(theta, 'classifier.weight');
  const classes = rows.shape[0] as number;
  const [x, y] = [input('x', ['N', ...net.inputShape]), input('y', ['N', classes])];
  const cosines = gemm(unitRows(net.embed(theta, x)), unitRows(rows), { transB: true });
  const output = mul(cosines, exp(weightOf(theta, 'classifier.scale')));
  const loss = net.loss(output, add(mul(y, 1 - smoothing), smoothing / classes));
  return objectiveProgram(theta, [x, y], { loss, output }, gradientOf(loss, theta), onPass);
}

/** The linear map of `distillationObjective` to the teacher's features. */
export const regressorParameters = ({ features }: Network, teacher: number): ParameterSpecs => ({
  'regressor.weight': newMatrix(features, teacher, features),
  'regressor.bias': { ...startAt(0, [teacher]), size: NEW / Math.sqrt(teacher) },
});

/**
 * The features of a teacher t, predicted from the normalised features of the student by a linear map:
 *
 *     L = 1 − cos(f_θ(x) R / ‖f_θ(x)‖ + b, t)
 *
 * which is half of the squared distance between both at length 1. Inputs: the weights by name, those of the map included;
 * x [N, …input], teacher [N, d]. Outputs: `loss` [], `output` [N] the cosines, and `gradient/<name>`.
 *
 * @see Romero et al., FitNets, ICLR 2015, https://arxiv.org/abs/1412.6550, eq. 3 (a map to the teacher's features, without
 * normalisation); Wei et al. 2022, https://arxiv.org/abs/2205.14141, §3 (the features of the last layer, normalised)
 */
export function distillationObjective(net: Network, parameters: ParameterSpecs, onPass?: OnPass): Program {
  const theta = parameterInputs(parameters);
  const [map, bias] = [weightOf(theta, 'regressor.weight'), weightOf(theta, 'regressor.bias')];
  const x = input('x', ['N', ...net.inputShape]);
  const teacher = input('teacher', ['N', ...bias.shape]);
  const predicted = unitRows(gemm(unitRows(net.embed(theta, x)), map, { plus: bias }));
  const output = reduceSum(mul(predicted, unitRows(teacher)), [1]);
  const loss = add(neg(reduceMean(output)), 1);
  return objectiveProgram(theta, [x, teacher], { loss, output }, gradientOf(loss, theta), onPass);
}
