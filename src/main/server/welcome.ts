import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Manifest } from '../../package/manifest.ts';

/** The text for the person who starts the service: addresses, packages, and commands to copy and run. */
export function welcome(address: string, models: readonly Manifest[], firstKey: string | null): string {
  const names = models.map(({ name }) => name);
  return `
  Innerloop is at ${address}
  Documentation:  ${address}/docs
  Packages:       ${names.join(', ') || 'none: train one, or set MODELS_DIR'}
${firstKey === null ? '' : keyAdvice(firstKey)}${tryThis(address, names, firstKey)}`;
}

function keyAdvice(key: string): string {
  return `
  Other machines can reach this address, so callers need a key. This is the first key, for the tenant "default". It is shown only once:

    ${key}

  More: ${command()} keys create <tenant>
`;
}

function tryThis(address: string, names: readonly string[], key: string | null): string {
  const bearer = key === null ? '' : ` -H 'Authorization: Bearer ${key}'`;
  const glyphs = relative(
    process.cwd(),
    fileURLToPath(new URL('../../../test/fixtures/glyphs', import.meta.url)),
  );
  if (names.includes('omniglot-protonets') && existsSync(glyphs)) {
    const file = (name: string, hand: number) => `@${glyphs}/${name}/${hand}.png`;
    return `
  Teach it two signs, then ask about a drawing it has not seen:

    curl${bearer} -H 'Prefer: wait=10' -F anchor=${file('anchor', 1)} -F knot=${file('knot', 1)} '${address}/tasks/signs/adapt?model=omniglot-protonets'
    curl${bearer} -F drawing=${file('knot', 2)} ${address}/tasks/signs/predict

`;
  }
  if (names.includes('sinusoid-maml')) {
    const support = [-4, -2, 0, 2, 4]
      .map((x) => `{"input":[${x}],"target":[${Math.sin(x).toFixed(3)}]}`)
      .join(',');
    return `
  Teach it a wave, then ask for a point it has not seen:

    curl${bearer} -H 'Prefer: wait=10' --json '{"model":"sinusoid-maml","support":[${support}]}' ${address}/tasks/wave/adapt
    curl${bearer} --json '{"inputs":[[1]]}' ${address}/tasks/wave/predict

`;
  }
  return '';
}

/** The command that runs this program: from a checkout, or installed. */
function command(): string {
  return import.meta.url.endsWith('.ts') ? 'npm run --silent innerloop --' : 'innerloop';
}
