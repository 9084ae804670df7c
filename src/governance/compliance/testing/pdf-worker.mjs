/** The thread of the verifier, as its source stands: a thread itself loads compiled code only. */
import { register } from 'tsx/esm/api';

register();
await import('../pdf-worker.ts');
