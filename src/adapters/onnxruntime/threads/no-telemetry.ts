/**
 * ONNX Runtime reports to its makers from 1.30 on, unless this is set when its library loads: nothing leaves the machine
 * that its operator has not asked for, and a process need not wait for a network that leads nowhere. Threads see the
 * environment of the process, so it is set in the main thread, before the first of them starts.
 */
process.env.ORT_DISABLE_TELEMETRY ??= '1';
