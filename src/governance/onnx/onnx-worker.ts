import { parentPort, workerData } from 'node:worker_threads';
import type { OnnxFile } from './verdict.js';
import { verifyOnnx } from './verify-onnx.js';

/** The thread looks at the one file that it was started for. */
parentPort?.postMessage(verifyOnnx(workerData as OnnxFile));
