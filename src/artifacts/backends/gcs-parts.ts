import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { File } from '@google-cloud/storage';
import type { SentPart } from './bucket.js';

/**
 * Uploads in parts, of which the store's XML interface alone knows. The library signs the requests
 * and sends them.
 */
export async function startParts(file: File): Promise<string> {
  const answer = await send(file, 'POST', 'uploads');
  const id = /<UploadId>([^<]+)<\/UploadId>/.exec(answer)?.[1];
  if (id === undefined) throw new Error('The store began no upload');
  return id.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

export async function finishParts(
  file: File,
  uploadId: string,
  parts: readonly SentPart[],
): Promise<void> {
  const items = parts.map(
    ({ number, etag }) =>
      `<Part><PartNumber>${number}</PartNumber><ETag>${escaped(etag)}</ETag></Part>`,
  );
  const body = `<CompleteMultipartUpload>${items.join('')}</CompleteMultipartUpload>`;
  await send(file, 'POST', `uploadId=${encodeURIComponent(uploadId)}`, body);
}

export async function abortParts(file: File, uploadId: string): Promise<void> {
  await send(file, 'DELETE', `uploadId=${encodeURIComponent(uploadId)}`);
}

async function send(file: File, method: string, query: string, body?: string): Promise<string> {
  const path = [file.bucket.name, ...file.name.split('/')].map(encodeURIComponent).join('/');
  const stream = file.storage.requestStream({
    ...{ method, uri: `${file.storage.apiEndpoint}/${path}?${query}` },
    headers: { 'Content-Type': 'application/xml', 'Content-Length': Buffer.byteLength(body ?? '') },
    ...(body === undefined ? {} : { body }),
  });
  // The answer itself: what the library makes of it never comes where the body is not JSON.
  const [response] = (await once(stream, 'response')) as [Readable & { statusCode: number }];
  stream.on('error', () => undefined);
  const status = response.statusCode;
  const answer = await text(response);
  if (status >= 200 && status < 300) return answer;
  const code = /<Code>(\w+)<\/Code>/.exec(answer)?.[1];
  throw Object.assign(new Error(`The store answered ${status}`), { status, name: code ?? 'Error' });
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
