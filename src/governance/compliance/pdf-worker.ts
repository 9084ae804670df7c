import { parentPort, workerData } from 'node:worker_threads';
import type { CompliancePack } from './pack.js';
import { toPdf } from './pack-pdf.js';

/** The thread prints the one pack that it was started for. */
const bytes = await toPdf(workerData as CompliancePack);
parentPort?.postMessage(bytes, [bytes.buffer]);
