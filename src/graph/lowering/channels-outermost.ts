import { type Dim, productOf } from '../../onnx/dim.ts';
import { reshape, transpose } from '../ops/index.ts';
import type { Value } from '../value.ts';

/**
 * The layout [c, h, w, n] of networks with depthwise convolutions. All places of all images lie together for each channel,
 * so a 1×1 convolution and its gradients are one product each, without a transpose. A row has w·n numbers, so it is long even
 * where the planes are small. Its neighbouring places are n numbers apart.
 *
 * @module
 */

/** [n, c, h, w] → [c, h, w, n]. */
export const channelsOutermost = (x: Value): Value => transpose(x, [1, 2, 3, 0]);

/** [c, h, w, n] → [n, c, h, w]. */
export const imagesOutermost = (x: Value): Value => transpose(x, [3, 0, 1, 2]);

/** [c, h, w, n] → [c, h·w·n]. */
export const channelRows = (x: Value): Value => reshape(x, [x.shape[0] as Dim, productOf(x.shape.slice(1))]);
