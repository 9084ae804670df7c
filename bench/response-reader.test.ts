import { describe, expect, it } from 'vitest';
import { ResponseReader } from './response-reader.js';

function readInPieces(text: string, size: number) {
  const reader = new ResponseReader();
  reader.keepBody = true;
  const bytes = Buffer.from(text);
  const endings: number[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    if (reader.feed(bytes.subarray(at, at + size))) endings.push(Math.min(at + size, bytes.length));
  }
  return { endings, length: bytes.length, reader };
}

const ANSWERS = {
  'with a length': 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\ncontent-length: 5\r\n\r\nhello',
  'in chunks':
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n\r\n',
  'in chunks with a trailer':
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nA: b\r\n\r\n',
};

describe('ResponseReader', () => {
  for (const [name, text] of Object.entries(ANSWERS)) {
    for (const size of [1, 2, 3, 7, 1000]) {
      it(`finds the end of an answer ${name}, received ${size} bytes at a time`, () => {
        const { endings, length, reader } = readInPieces(text, size);
        expect(endings).toEqual([length]);
        expect(reader.status).toBe(200);
        expect(reader.body).toBe('hello');
      });
    }
  }

  it('reads an empty answer, and notices that the server will close the connection', () => {
    const text = 'HTTP/1.1 503 No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';
    const { endings, length, reader } = readInPieces(text, 1);
    expect(endings).toEqual([length]);
    expect(reader.status).toBe(503);
    expect(reader.closes).toBe(true);
  });

  it('refuses an answer whose end it could not find', () => {
    expect(() => readInPieces('HTTP/1.1 200 OK\r\n\r\nhello', 1000)).toThrow('without a length');
  });
});
