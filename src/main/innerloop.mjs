#!/usr/bin/env node
import { existsSync } from 'node:fs';

/**
 * The command `innerloop`. In a checkout that is not built yet it builds first: `npx` links the command at its first call,
 * and a link to a file that the build has still to write would stay missing after the build.
 */
const command = new URL('../../dist/main/cli.js', import.meta.url);
if (!existsSync(command)) await import('./build.mjs');
await import(command.href);
