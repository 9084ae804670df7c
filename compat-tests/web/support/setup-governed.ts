import type { TestProject } from 'vitest/node';
import { type Governed, startGoverned } from './governed.js';

declare module 'vitest' {
  interface ProvidedContext {
    governed: Governed;
  }
}

/** One server with people and sign-in for all tests of governance and administration. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { stop, ...governed } = await startGoverned('hostile');
  project.provide('governed', governed);
  return stop;
}
