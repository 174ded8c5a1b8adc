/** The encoders that `innerloop encoders get` downloads. The server names them, and loads no code that makes graphs. */
export const DOWNLOADED_NAMES = ['mobilenet-v2'] as const;
