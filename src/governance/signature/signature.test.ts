import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type FileDigest, manifestOf } from '../freeze/manifest.js';
import { signStatement, verifyBundle } from './bundle.js';
import { keyHint, makeSigningKey, readSigningKey } from './signing-key.js';
import { modelStatement } from './statement.js';

const file = (path: string, digit: string): FileDigest => ({
  ...{ path, size: 1, sha256: digit.repeat(64) },
});
const MANIFEST = manifestOf([file('data/model.pkl', 'b'), file('MLmodel', 'a')]);
const KEY = makeSigningKey();
const STATEMENT = modelStatement('iris-3', MANIFEST);
const BUNDLE = signStatement(STATEMENT, KEY);

describe('a statement on a model', () => {
  it('lists the files in their order, and their digest as one', () => {
    const { subject, predicate } = STATEMENT;
    expect(predicate.resources.map(({ name }) => name)).toEqual(['MLmodel', 'data/model.pkl']);
    expect(subject).toEqual([{ name: 'iris-3', digest: { sha256: MANIFEST.rootDigest } }]);
  });

  it('leaves out what verifiers never look at', () => {
    const files = ['.gitattributes', '.git/config', 'model.sig', 'data/.gitignore', 'MLmodel'];
    const { predicate } = modelStatement('m', manifestOf(files.map((path) => file(path, 'a'))));
    expect(predicate.resources.map(({ name }) => name)).toEqual(['MLmodel', 'data/.gitignore']);
    expect(predicate.serialization.ignore_paths).toContain('.gitattributes');
    expect(predicate.serialization.ignore_paths).toContain('README.md');
  });
});

describe('a signature', () => {
  it('holds', () => {
    expect(verifyBundle(BUNDLE, KEY.publicKey)).toEqual({ ok: true, statement: STATEMENT });
  });

  it('names its key by the hash of the PEM text', () => {
    const bundle = JSON.parse(BUNDLE);
    expect(bundle.verificationMaterial).toEqual({
      publicKey: { hint: keyHint(KEY.publicKey) },
      tlogEntries: [],
    });
    expect(keyHint(KEY.publicKey.replaceAll('\n', '\r\n'))).toBe(keyHint(KEY.publicKey));
  });

  it('does not hold with another key', () => {
    const { publicKey } = makeSigningKey();
    const hinted = BUNDLE.replace(keyHint(KEY.publicKey), keyHint(publicKey));
    const problem = (bundle: string) => verifyBundle(bundle, publicKey);
    expect(problem(BUNDLE)).toMatchObject({ ok: false, problem: 'It was made with another key' });
    expect(problem(hinted)).toMatchObject({ problem: 'What it says is not what was signed' });
  });

  it('does not hold for another statement', () => {
    const bundle = JSON.parse(BUNDLE);
    const changed = JSON.stringify({ ...STATEMENT, predicateType: 'other' });
    bundle.dsseEnvelope.payload = Buffer.from(changed).toString('base64');
    const verdict = verifyBundle(JSON.stringify(bundle), KEY.publicKey);
    expect(verdict).toMatchObject({ ok: false, problem: 'What it says is not what was signed' });
  });

  it('does not hold when it contradicts itself', () => {
    const [resource] = STATEMENT.predicate.resources;
    const less = { ...STATEMENT.predicate, resources: resource === undefined ? [] : [resource] };
    const bundle = signStatement({ ...STATEMENT, predicate: less }, KEY);
    expect(verifyBundle(bundle, KEY.publicKey)).toMatchObject({
      problem: 'The digest of the model is not that of its files',
    });
  });

  it.each(['', 'null', '[]', '{}', BUNDLE.replace('v0.3', 'v0.9')])('is refused: %j', (text) => {
    expect(verifyBundle(text, KEY.publicKey).ok).toBe(false);
  });

  it.each([
    ['payload', 1],
    ['payloadType', 'text/plain'],
    ['signatures', []],
    ['signatures', [{ sig: '' }]],
    ['signatures', null],
  ])('is refused with a broken envelope: %s %j', (member, value) => {
    const bundle = JSON.parse(BUNDLE);
    bundle.dsseEnvelope[member] = value;
    expect(verifyBundle(JSON.stringify(bundle), KEY.publicKey).ok).toBe(false);
  });
});

describe('a key of the operator', () => {
  it('is read, in whichever form it is', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const pem = String(privateKey.export({ type: 'sec1', format: 'pem' }));
    const key = readSigningKey(pem);
    expect(verifyBundle(signStatement(STATEMENT, key), key.publicKey).ok).toBe(true);
  });

  it('is refused on another curve, and without repeating what it is', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'secp384r1' });
    const pem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
    expect(() => readSigningKey(pem)).toThrow('it must be a key on the curve P-256');
    expect(() => readSigningKey('secret')).toThrow('it must be a private key in PEM');
  });
});
