import type { Post } from './bodies.ts';

export interface Answered {
  readonly status: number;
  readonly text: string;
}

/** Makes one call. */
export async function call(address: string, { path, body, headers }: Post): Promise<Answered> {
  const response = await fetch(`${address}${path}`, { method: 'POST', headers, body });
  return { status: response.status, text: await response.text() };
}

/** Makes a call that must succeed. */
export async function callOrThrow(address: string, post: Post): Promise<void> {
  const { status, text } = await call(address, post);
  if (status !== 200) throw new Error(`Expected 200 of ${post.path}, got ${status}: ${text}`);
}
