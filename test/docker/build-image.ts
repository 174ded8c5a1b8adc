import { execFileSync } from 'node:child_process';
import { IMAGE, root } from './docker.ts';

/** Before all of these tests, once: the image that they are about. */
export default function buildImage(): void {
  execFileSync('docker', ['build', '--tag', IMAGE, '.'], { cwd: root, stdio: 'inherit' });
}
