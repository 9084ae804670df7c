import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { newHexId } from '../../platform/ids.js';

/** Takes what a webhook is sent, on this machine. */
export interface Receiver {
  readonly url: string;
  /** Resolves with the body of the first message that holds this text. */
  received(text: string): Promise<void>;
  close(): void;
}

const MOST_BYTES = 64 * 1024;

export async function openReceiver(): Promise<Receiver> {
  const waiting: { readonly text: string; readonly resolve: () => void }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      if (body.length < MOST_BYTES) body += chunk;
    });
    request.on('end', () => {
      response.end();
      for (const { text, resolve } of waiting) if (body.includes(text)) resolve();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    // Nobody else can name it while it is there.
    url: `http://127.0.0.1:${port}/drill/${newHexId()}`,
    received: (text) => new Promise((resolve) => waiting.push({ text, resolve })),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
