/**
 * From version 1.30 on, ONNX Runtime sends usage data to its makers unless this variable is set when its library loads. So
 * import this module before the library, and in the main thread before any worker thread starts: the native library reads
 * the environment of the process, which a worker thread cannot change.
 */
process.env.ORT_DISABLE_TELEMETRY ??= '1';
