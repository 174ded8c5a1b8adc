import { subscribe } from 'node:diagnostics_channel';

/**
 * Makes a server leak memory, to test the leak detection: `--import` loads this first. It keeps every request, and 32 kB
 * every 10 ms, so that the leak is as large on a machine that answers few requests.
 */
const kept: unknown[] = [];
subscribe('http.server.request.start', (message) => void kept.push(message));
setInterval(() => void kept.push(new Array<number>(4096).fill(0.5)), 10).unref();
