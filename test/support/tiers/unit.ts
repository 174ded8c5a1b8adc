// Vitest runs this file again before each test file, but not what it imports.
import './all.ts';
import './refuse-processes.ts';
