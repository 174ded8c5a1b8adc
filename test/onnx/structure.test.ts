import { describe, expect, it } from 'vitest';
import { encodeProgram } from '../../src/graph/export/encode.ts';
import { constant, input, matMul } from '../../src/graph/ops/index.ts';
import { program } from '../../src/graph/program.ts';
import { structureBytes } from '../../src/onnx/structure.ts';
import { tensor } from '../../src/tensor.ts';

describe('structureBytes', () => {
  const model = (width: number) => {
    const x = input('x', ['N', 4]);
    const w = constant(tensor([4, width], new Float32Array(4 * width)), 'w');
    return encodeProgram(program('p', [x], { y: matMul(x, w) }));
  };

  it('counts everything but the values of weights', () => {
    const [small, large] = [model(100), model(100_000)];
    expect(large.length - structureBytes(large)).toBe(4 * 4 * 100_000);
    // Lengths and dimensions take a few more bytes to write.
    expect(structureBytes(large) - structureBytes(small)).toBeLessThan(20);
  });

  it('refuses bytes that are not protobuf', () => {
    expect(() => structureBytes(Uint8Array.of(0x3a, 0xff))).toThrow();
  });
});
