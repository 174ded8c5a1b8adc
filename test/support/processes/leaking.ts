import { subscribe } from 'node:diagnostics_channel';

/** Makes a server leak memory, to test the leak detection: `--import` loads this first, and it keeps every request. */
const kept: unknown[] = [];
subscribe('http.server.request.start', (message) => void kept.push(message));
