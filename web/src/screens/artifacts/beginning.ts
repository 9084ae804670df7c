/** Bytes of a long text that are fetched to be looked at. */
export const BEGINNING = 1024 * 1024;

/** @returns the first bytes of what a server sends; it is told to send no more than that */
export async function beginningOf(response: Response, most = BEGINNING): Promise<Blob> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const reader = response.body?.getReader();
  let left = most;
  while (reader !== undefined && left > 0) {
    const { done, value } = await reader.read();
    if (done) break;
    const part = value.slice(0, left);
    parts.push(part);
    left -= part.length;
  }
  await reader?.cancel();
  return new Blob(parts);
}
