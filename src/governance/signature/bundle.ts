import { createHash, sign, verify } from 'node:crypto';
import { keyHint, type SigningKey } from './signing-key.js';
import { type ModelStatement, PREDICATE_TYPE, STATEMENT_TYPE } from './statement.js';

const MEDIA_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
const PAYLOAD_TYPE = 'application/vnd.in-toto+json';

/** A signature that holds, with what was signed; or in words why it does not. */
export type SignatureVerdict =
  | { readonly ok: true; readonly statement: ModelStatement }
  | { readonly ok: false; readonly problem: string };

/** Signs a statement. @returns the text of a `model.sig` file: a Sigstore bundle in JSON */
export function signStatement(statement: ModelStatement, key: SigningKey): string {
  const payload = Buffer.from(JSON.stringify(statement));
  const signature = sign('sha256', preAuthenticated(payload), key.privateKey);
  return JSON.stringify({
    mediaType: MEDIA_TYPE,
    verificationMaterial: {
      publicKey: { hint: keyHint(key.publicKey) },
      tlogEntries: [],
    },
    dsseEnvelope: {
      payload: payload.toString('base64'),
      payloadType: PAYLOAD_TYPE,
      signatures: [{ sig: signature.toString('base64'), keyid: '' }],
    },
  });
}

/**
 * Verifies a signature, whoever has made it. Whether the files are still what was signed is for
 * the caller to compare.
 *
 * @param publicKey in PEM
 */
export function verifyBundle(bundle: string, publicKey: string): SignatureVerdict {
  const { mediaType, verificationMaterial, dsseEnvelope } = members(parsed(bundle));
  if (mediaType !== MEDIA_TYPE) return refused('It is no Sigstore bundle of version 0.3');
  const { hint } = members(members(verificationMaterial).publicKey);
  if (hint !== keyHint(publicKey)) return refused('It was made with another key');
  const { payload, payloadType, signatures } = members(dsseEnvelope);
  const [first] = Array.isArray(signatures) ? signatures : [];
  const { sig } = members(first);
  if (typeof payload !== 'string' || typeof sig !== 'string' || payloadType !== PAYLOAD_TYPE) {
    return refused('It holds no signed in-toto statement');
  }
  const bytes = Buffer.from(payload, 'base64');
  const isSigned = verify('sha256', preAuthenticated(bytes), publicKey, Buffer.from(sig, 'base64'));
  if (!isSigned) return refused('What it says is not what was signed');
  const statement = parsed(bytes.toString('utf8'));
  if (!isModelStatement(statement)) return refused('What was signed is no statement on a model');
  if (isConsistent(statement)) return { ok: true, statement };
  return refused('The digest of the model is not that of its files');
}

/** @returns how a signature names its key, or nothing for what is no signature */
export function hintOf(bundle: string): string | undefined {
  const { verificationMaterial } = members(parsed(bundle));
  const { hint } = members(members(verificationMaterial).publicKey);
  return typeof hint === 'string' ? hint : undefined;
}

/** What is signed in place of the payload, so that its type is signed with it. */
function preAuthenticated(payload: Buffer): Buffer {
  const head = `DSSEv1 ${PAYLOAD_TYPE.length} ${PAYLOAD_TYPE} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

function isModelStatement(value: unknown): value is ModelStatement {
  const { _type, predicateType, subject, predicate } = members(value);
  const [first, ...more] = Array.isArray(subject) ? subject : [];
  const { resources } = members(predicate);
  return (
    _type === STATEMENT_TYPE &&
    predicateType === PREDICATE_TYPE &&
    more.length === 0 &&
    typeof members(members(first).digest).sha256 === 'string' &&
    Array.isArray(resources) &&
    resources.every((one) => {
      const { name, algorithm, digest } = members(one);
      return typeof name === 'string' && algorithm === 'sha256' && typeof digest === 'string';
    })
  );
}

/** Others may sort files in another way, so their order is taken as it is. */
function isConsistent({ subject, predicate }: ModelStatement): boolean {
  const hash = createHash('sha256');
  for (const { digest } of predicate.resources) hash.update(Buffer.from(digest, 'hex'));
  return hash.digest('hex') === subject[0].digest.sha256;
}

const refused = (problem: string): SignatureVerdict => ({ ok: false, problem });

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const members = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
