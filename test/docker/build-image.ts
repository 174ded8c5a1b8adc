import { execFileSync } from 'node:child_process';
import { IMAGE, root } from './docker.ts';

/** Builds the image once, before all tests of it. */
export default function buildImage(): void {
  execFileSync('docker', ['build', '--tag', IMAGE, '.'], { cwd: root, stdio: 'inherit' });
}
