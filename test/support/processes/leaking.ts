import { subscribe } from 'node:diagnostics_channel';

/** Loaded before a server by `--import`, as a control of what looks for leaks: each request it is sent is kept for ever. */
const kept: unknown[] = [];
subscribe('http.server.request.start', (message) => void kept.push(message));
