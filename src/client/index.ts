/** `innerloop/client`: a client of the HTTP API, for Node 20 and browsers. It needs only `fetch`. */
export type { components, operations, paths } from './api.ts';
export type { Feedback, Many, Teaching } from './bodies.ts';
export {
  type AdaptOptions,
  type Client,
  type ClientOptions,
  createClient,
  type OnceOptions,
} from './client.ts';
export type { AdaptationEvent } from './events.ts';
export { InnerloopProblem } from './problem.ts';
export { type CallOptions, type LearnOptions, type ListOptions, succeeded } from './resources.ts';
export type { Content, RequestOptions } from './transport.ts';
export type * from './types.ts';
