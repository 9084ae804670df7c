import type { TestProject } from 'vitest/node';
import { startRunledger, startStockServer } from '../../servers.js';
import { seedAll } from '../seed/seed-all.js';
import { type Bindings, Pair } from './pair.js';

declare module 'vitest' {
  interface ProvidedContext {
    urls: { stock: string; ours: string };
    bindings: Bindings;
  }
}

/** One stock server and one of ours, with the same data in both. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const starting = [startStockServer(), startRunledger()];
  const settled = await Promise.allSettled(starting);
  const running = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const stop = async () => {
    await Promise.all(running.map((server) => server.stop()));
  };
  try {
    const [stock, ours] = await Promise.all(starting);
    if (stock === undefined || ours === undefined) throw new Error('unreachable');
    const pair = new Pair({ stock: stock.url, ours: ours.url });
    await seedAll(pair);
    project.provide('urls', { ...pair.urls });
    project.provide('bindings', pair.bindings);
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}
