import {
  createHash,
  createPublicKey,
  type KeyObject,
  sign as signBytes,
  verify as verifyBytes,
} from 'node:crypto';

/** What a checkpoint says: the log had this many entries, and this was the root above them. */
export interface Checkpoint {
  readonly size: number;
  readonly root: Buffer;
}

/** Names the log in checkpoints, and who signs them. */
export const ORIGIN = 'runledger/audit';

const ED25519 = 1;
const RAW_LENGTH = 32;
/** What stands before the 32 bytes of an Ed25519 key in its SPKI. */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

const rawOf = (key: KeyObject): Buffer =>
  key.export({ format: 'der', type: 'spki' }).subarray(-RAW_LENGTH);

const typed = (raw: Uint8Array): Buffer => Buffer.concat([Uint8Array.of(ED25519), raw]);

const idOf = (raw: Uint8Array): Buffer =>
  createHash('sha256').update(`${ORIGIN}\n`).update(typed(raw)).digest().subarray(0, 4);

/** A public key as C2SP's signed notes write it: name, id and bytes. */
export function printKey(key: KeyObject): string {
  const raw = rawOf(key.type === 'private' ? createPublicKey(key) : key);
  return `${ORIGIN}+${idOf(raw).toString('hex')}+${typed(raw).toString('base64')}`;
}

/** @throws Error when it is no Ed25519 key of a signed note */
export function parseKey(text: string): KeyObject {
  const match = /^([^+\s]+)\+([0-9a-f]{8})\+([\w+/]+=*)$/.exec(text.trim());
  const bytes = Buffer.from(match?.[3] ?? '', 'base64');
  const raw = bytes.subarray(1);
  const isKey = bytes[0] === ED25519 && raw.length === RAW_LENGTH && match?.[1] === ORIGIN;
  if (!isKey || idOf(raw).toString('hex') !== match?.[2]) {
    throw new Error('It is not the public key of an audit log');
  }
  return createPublicKey({
    key: Buffer.concat([SPKI_PREFIX, raw]),
    format: 'der',
    type: 'spki',
  });
}

/** @returns a checkpoint as a signed note (C2SP tlog-checkpoint) */
export function signCheckpoint({ size, root }: Checkpoint, privateKey: KeyObject): string {
  const text = `${ORIGIN}\n${size}\n${root.toString('base64')}\n`;
  const id = idOf(rawOf(createPublicKey(privateKey)));
  const signature = Buffer.concat([id, signBytes(null, Buffer.from(text), privateKey)]);
  return `${text}\n\u2014 ${ORIGIN} ${signature.toString('base64')}\n`;
}

const NOTE =
  /^(runledger\/audit\n(0|[1-9]\d{0,15})\n([\w+/]{43}=)\n)\n((?:\u2014 \S+ [\w+/]+=*\n)+)$/;

/**
 * Reads a checkpoint, and only then, if its signature by this key is good.
 *
 * @throws Error with one sentence for what is wrong
 */
export function openCheckpoint(note: string, key: KeyObject): Checkpoint {
  const [, text = '', size, root = '', signatures = ''] = NOTE.exec(note) ?? [];
  if (size === undefined) throw new Error('the checkpoint is not a signed note of this log');
  const id = idOf(rawOf(key));
  const good = signatures
    .split('\n')
    .map((line) => Buffer.from(line.split(' ')[2] ?? '', 'base64'))
    .some(
      (signature) =>
        signature.subarray(0, 4).equals(id) &&
        verifyBytes(null, Buffer.from(text), key, signature.subarray(4)),
    );
  if (!good) throw new Error(`the checkpoint of ${size} entries is not signed by the key`);
  return { size: Number(size), root: Buffer.from(root, 'base64') };
}

/** @returns the notes in a text, as they stand one after the other in a file */
export const notesIn = (text: string): string[] =>
  text
    .split(/^(?=runledger\/audit$)/m)
    .map((note) => `${note.trim()}\n`)
    .filter((note) => note !== '\n');
