/**
 * The execution providers of ONNX Runtime. `needs`: what must be installed. `sessionProviders`: what a session lists, in
 * order of preference. The runtime itself adds the CPU at the end, for operators that the others do not support.
 */
export const executionProviders = Object.freeze({
  cpu: { needs: 'nothing', sessionProviders: ['cpu'] },
  cuda: {
    needs:
      "linux/x64, an NVIDIA GPU and its driver, CUDA 12, cuDNN 9, and the runtime's CUDA library, which its npm package does not contain (docker/cuda.md)",
    sessionProviders: ['cuda'],
  },
  tensorrt: {
    needs: "everything that cuda needs, TensorRT 10 and the runtime's TensorRT library",
    sessionProviders: ['tensorrt', 'cuda'],
  },
  webgpu: {
    needs: 'a GPU with its driver and, on linux/x64, Vulkan (libvulkan.so.1); or Windows, or macOS on arm64',
    sessionProviders: ['webgpu'],
  },
  dml: { needs: 'Windows, and a GPU with DirectX 12', sessionProviders: ['dml'] },
  coreml: { needs: 'macOS on arm64', sessionProviders: ['coreml'] },
});

export type ExecutionProvider = keyof typeof executionProviders;

export function isExecutionProvider(name: string): name is ExecutionProvider {
  return Object.hasOwn(executionProviders, name);
}
