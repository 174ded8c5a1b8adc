import { describe, expect, it } from 'vitest';
import { leapOf } from '../../../src/adapters/onnxruntime/adapting/unrolled-program.ts';
import { mlp } from '../../../src/nn/mlp.ts';
import { classifier } from '../../../src/nn/network.ts';
import { tinyPackage, tinyPackages } from '../../support/packages.ts';

describe('leapOf', () => {
  it('takes the default steps of a small package in one run', () => {
    expect(leapOf(tinyPackages.gradients())).toMatchObject({ steps: 3 });
  });

  it('leaves packages of images, and without steps, as they are', () => {
    expect(leapOf(tinyPackages.glyphGradients())).toBeNull();
    expect(leapOf(tinyPackages.prototypes())).toBeNull();
  });

  it('leaves a step with a scan as it is: its body reads values of the graph around by name', () => {
    const settings = { slots: 8, keySize: 4, hidden: 4 };
    expect(leapOf(tinyPackage('tiny-mann', 'mann', classifier(mlp([2, 3])), settings))).toBeNull();
  });
});
