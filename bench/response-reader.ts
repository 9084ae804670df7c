const HEAD_END = Buffer.from('\r\n\r\n');
const LINE_FEED = 10;

/** Finds where an HTTP/1.1 answer ends, reading no more of it than status, length and chunk sizes. */
export class ResponseReader {
  status = 0;
  body = '';
  /** The server will close the connection after this answer. */
  closes = false;
  keepBody = false;
  /** How much of the body has come. */
  bodyBytes = 0;

  private head: Buffer | undefined;
  private readonly kept: Buffer[] = [];
  private inBody = false;
  private chunked = false;
  private left = 0;
  private sizeLine = '';
  private lastChunk = false;

  reset(): void {
    this.head = undefined;
    this.kept.length = 0;
    this.inBody = false;
    this.chunked = false;
    this.left = 0;
    this.sizeLine = '';
    this.lastChunk = false;
    this.body = '';
    this.bodyBytes = 0;
  }

  /** True when the answer is complete. */
  feed(data: Buffer): boolean {
    const complete = this.inBody ? this.readBody(data) : this.readHead(data);
    if (complete && this.keepBody) this.body = Buffer.concat(this.kept).toString('utf8');
    return complete;
  }

  private readHead(data: Buffer): boolean {
    const received = this.head === undefined ? data : Buffer.concat([this.head, data]);
    const end = received.indexOf(HEAD_END);
    if (end < 0) {
      this.head = received;
      return false;
    }
    const head = received.toString('latin1', 0, end + 2);
    this.status = Number(head.slice(9, 12));
    this.closes = /\r\nconnection: *close/i.test(head);
    this.inBody = true;
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    if (length !== undefined) this.left = Number(length);
    else if (/\r\ntransfer-encoding: *chunked/i.test(head)) this.chunked = true;
    else if (this.status !== 204 && this.status !== 304) throw new Error('answer without a length');
    return this.readBody(received.subarray(end + HEAD_END.length));
  }

  private readBody(data: Buffer): boolean {
    if (this.chunked) return this.readChunks(data);
    this.take(data);
    return this.left <= 0;
  }

  private readChunks(data: Buffer): boolean {
    let at = 0;
    while (at < data.length) {
      if (this.left > 0) {
        const part = data.subarray(at, at + this.left);
        this.take(part);
        at += part.length;
        continue;
      }
      const end = data.indexOf(LINE_FEED, at);
      if (end < 0) {
        this.sizeLine += data.toString('latin1', at);
        return false;
      }
      const line = (this.sizeLine + data.toString('latin1', at, end)).trim();
      this.sizeLine = '';
      at = end + 1;
      if (this.lastChunk && line === '') return true;
      // An empty line elsewhere is the one that ends a chunk; lines after the last are trailers.
      if (line === '' || this.lastChunk) continue;
      this.left = Number.parseInt(line, 16);
      this.lastChunk = this.left === 0;
    }
    return false;
  }

  private take(data: Buffer): void {
    this.left -= data.length;
    this.bodyBytes += data.length;
    if (this.keepBody) this.kept.push(data);
  }
}
