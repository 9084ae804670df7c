import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { ambiguityOf } from './framing.js';

function requestWith(...headers: [name: string, value: string][]): IncomingMessage {
  const request = new IncomingMessage(new Socket());
  for (const [name, value] of headers) {
    request.headers[name.toLowerCase()] ??= value;
    request.rawHeaders.push(name, value);
  }
  return request;
}

describe('a request', () => {
  it('is plain with one Host and one way to tell where its body ends', () => {
    expect(ambiguityOf(requestWith(['Host', 'a'], ['X-Host', 'b']))).toBeUndefined();
    expect(ambiguityOf(requestWith(['Transfer-Encoding', 'Chunked']))).toBeUndefined();
  });

  it('with two Hosts is refused, however they are written', () => {
    expect(ambiguityOf(requestWith(['Host', 'a'], ['hOST', 'a']))).toMatch(/more than one Host/);
  });

  it.each(['gzip, chunked', 'identity, chunked', 'chunked, chunked', 'identity'])(
    'is not read in the coding %s',
    (coding) => {
      expect(ambiguityOf(requestWith(['Transfer-Encoding', coding]))).toMatch(/chunked/);
    },
  );
});
