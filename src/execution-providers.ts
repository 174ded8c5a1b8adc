/**
 * What ONNX Runtime can compute on, what each needs to be there, and whom its sessions are to ask, in order. The runtime
 * itself puts the CPU behind them, for operators that none of them has.
 */
export const executionProviders = Object.freeze({
  cpu: { needs: 'nothing', asks: ['cpu'] },
  cuda: {
    needs:
      "linux/x64, an NVIDIA GPU and its driver, CUDA 12, cuDNN 9, and the runtime's CUDA library, which is no part of its package (docker/cuda.md)",
    asks: ['cuda'],
  },
  tensorrt: {
    needs: "all that cuda needs, TensorRT 10 and the runtime's TensorRT library",
    asks: ['tensorrt', 'cuda'],
  },
  webgpu: {
    needs: 'a GPU with its driver and, on linux/x64, Vulkan (libvulkan.so.1); or Windows, or macOS on arm64',
    asks: ['webgpu'],
  },
  dml: { needs: 'Windows, and a GPU with DirectX 12', asks: ['dml'] },
  coreml: { needs: 'macOS on arm64', asks: ['coreml'] },
});

export type ExecutionProvider = keyof typeof executionProviders;

export function isExecutionProvider(name: string): name is ExecutionProvider {
  return Object.hasOwn(executionProviders, name);
}
