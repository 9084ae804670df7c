/**
 * The least that stores and hands out files: `node bare-stream.mjs <port> <folder>`. What it reaches
 * is what node's streams and the disk of the machine allow.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';

const [port, folder = '.'] = process.argv.slice(2);

createServer(async (request, response) => {
  const name = basename(request.url ?? '');
  if (!name.endsWith('.bin')) {
    response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');
    return;
  }
  const path = join(folder, name);
  if (request.method === 'PUT') {
    // Ours answers when the file is on the disk; so does this one.
    await pipeline(request, createWriteStream(path, { flush: true }));
    response.writeHead(200, { 'Content-Length': 2 }).end('{}');
    return;
  }
  response.writeHead(200, { 'Content-Length': (await stat(path)).size });
  await pipeline(createReadStream(path), response);
}).listen(Number(port), '127.0.0.1');
