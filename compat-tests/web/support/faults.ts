import type { BrowserContext, Page } from 'playwright-core';

/** What went wrong in pages: errors in the console, thrown ones, and requests to other hosts. */
export interface Faults {
  /** Notes what goes wrong in a page; what it asks another host for is stopped. */
  watch(page: Page): void;
  /** Stops all requests of a context to other hosts. */
  fence(context: BrowserContext): Promise<void>;
  /** A fault that a test wants to happen. */
  allow(pattern: RegExp): void;
  /** @returns what nobody has allowed, and forgets it */
  take(): readonly string[];
}

export function newFaults(origin: string): Faults {
  let faults: string[] = [];
  let allowed: RegExp[] = [];
  return {
    watch: (page) => {
      page.on('console', (message) => {
        if (message.type() === 'error') faults.push(`console: ${message.text()}`);
      });
      page.on('pageerror', (error) => faults.push(`thrown: ${error.message}`));
    },
    fence: async (context) => {
      await context.route(
        (to) => to.protocol.startsWith('http') && to.origin !== origin,
        (route) => {
          faults.push(`asks another host: ${route.request().url()}`);
          return route.abort();
        },
      );
    },
    allow: (pattern) => {
      allowed.push(pattern);
    },
    take: () => {
      const found = faults.filter((fault) => !allowed.some((pattern) => pattern.test(fault)));
      faults = [];
      allowed = [];
      return found;
    },
  };
}
