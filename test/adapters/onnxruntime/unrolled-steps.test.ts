import { describe, expect, it } from 'vitest';
import { unrollSteps } from '../../../src/adapters/onnxruntime/adapting/unrolled-steps.ts';
import { mlp } from '../../../src/nn/mlp.ts';
import { classifier } from '../../../src/nn/network.ts';
import { tinyPackage, tinyPackages } from '../../support/packages.ts';

describe('unrollSteps', () => {
  it('unrolls the default steps of a small package', () => {
    expect(unrollSteps(tinyPackages.gradients())).toMatchObject({ steps: 3 });
  });

  it('does not unroll packages of images, nor packages without steps', () => {
    expect(unrollSteps(tinyPackages.glyphGradients())).toBeNull();
    expect(unrollSteps(tinyPackages.prototypes())).toBeNull();
  });

  it('does not unroll a step with a scan, whose body reads outer values by name', () => {
    const settings = { slots: 8, keySize: 4, hidden: 4 };
    expect(unrollSteps(tinyPackage('tiny-mann', 'mann', classifier(mlp([2, 3])), settings))).toBeNull();
  });
});
