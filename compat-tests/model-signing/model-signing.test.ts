/** The signature of a model is one that OpenSSF's own tool takes, and the other way round. */
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ensureEnvironment, environmentProgram } from '../../scripts/python-envs.mjs';
import { ArtifactPlaces } from '../../src/artifacts/places.js';
import { type Manifest, manifestOf } from '../../src/governance/freeze/manifest.js';
import { survey } from '../../src/governance/freeze/survey.js';
import { signStatement, verifyBundle } from '../../src/governance/signature/bundle.js';
import { makeSigningKey } from '../../src/governance/signature/signing-key.js';
import { modelStatement } from '../../src/governance/signature/statement.js';
import { newFolder } from '../../src/testing/new-folder.js';

const TOOL = 'model-signing';
const KEY = makeSigningKey();

/** What a model consists of, with what sorts in another way as text than as folders. */
const FILES: Readonly<Record<string, string | Uint8Array>> = {
  MLmodel: 'flavors: {}\n',
  'requirements.txt': 'scikit-learn\n',
  'model.pkl': Buffer.alloc(3_000_000, 'weights'),
  'data/model.bin': 'x',
  'data.txt': 'y',
  'data/ü/deep/file': '',
  'artifacts/README.md': 'no card: it lies deeper',
  'MODEL_CARD.yaml': 'owner: tester\n',
  '.gitattributes': '*.bin filter=lfs\n',
};

let model: string;
let keys: string;
let signature: string;

beforeAll(() => {
  ensureEnvironment(TOOL, (line) => console.log(`${TOOL}: ${line}`));
});
beforeEach(async () => {
  model = realpathSync(newFolder());
  keys = newFolder();
  for (const [path, content] of Object.entries(FILES)) {
    mkdirSync(dirname(join(model, path)), { recursive: true });
    writeFileSync(join(model, path), content);
  }
  writeFileSync(join(keys, 'public.pem'), KEY.publicKey);
  writeFileSync(join(keys, 'private.pem'), KEY.privateKey, { mode: 0o600 });
  signature = join(keys, 'model.sig');
  const statement = modelStatement(basename(model), await manifestOfModel());
  writeFileSync(signature, signStatement(statement, KEY));
});

async function manifestOfModel(): Promise<Manifest> {
  const places = new ArtifactPlaces({
    ...{ defaultRoot: model, destination: model, serveArtifacts: true },
  });
  return manifestOf(await survey(places.destination));
}

/** Runs the tool. @returns whether it is content, and what it says */
function tool(...args: readonly string[]): { readonly ok: boolean; readonly says: string } {
  const { status, stdout, stderr } = spawnSync(environmentProgram(TOOL, 'model_signing'), args, {
    encoding: 'utf8',
  });
  return { ok: status === 0, says: stdout + stderr };
}

const verified = (...more: readonly string[]) =>
  tool(
    ...['verify', 'key', model, '--signature', signature],
    ...['--public_key', join(keys, 'public.pem'), ...more],
  );

describe('model_signing takes our signature', () => {
  it('of a model as it was signed', () => {
    expect(verified()).toMatchObject({ ok: true });
  });

  it('of a model that holds its own signature', () => {
    writeFileSync(join(model, 'model.sig'), readFileSync(signature));
    expect(verified()).toMatchObject({ ok: true });
  });

  it('when a card was written later', () => {
    writeFileSync(join(model, 'MODEL_CARD.yaml'), 'owner: other\n');
    writeFileSync(join(model, 'README.md'), '# Model\n');
    expect(verified()).toMatchObject({ ok: true });
  });

  it('after a download by MLflow, which adds a file', () => {
    writeFileSync(join(model, 'registered_model_meta'), 'model_name: m\n');
    expect(verified().ok).toBe(false);
    expect(verified('--ignore_unsigned_files')).toMatchObject({ ok: true });
  });
});

describe('model_signing refuses our signature', () => {
  const mismatch = { ok: false, says: expect.stringContaining('ignature mismatch') };

  it('when a byte has changed', () => {
    appendFileSync(join(model, 'data/model.bin'), '!');
    expect(verified()).toMatchObject(mismatch);
    expect(verified('--ignore_unsigned_files')).toMatchObject(mismatch);
  });

  it('when there is another file', () => {
    writeFileSync(join(model, 'data/more.bin'), '');
    expect(verified()).toMatchObject(mismatch);
  });

  it('when a file is gone', () => {
    rmSync(join(model, 'data.txt'));
    expect(verified()).toMatchObject(mismatch);
  });

  it('when it was made with another key', () => {
    writeFileSync(join(keys, 'public.pem'), makeSigningKey().publicKey);
    expect(verified().ok).toBe(false);
  });
});

describe('a signature of model_signing', () => {
  it('is verified by ours, and has the same digest', async () => {
    const cards = ['--ignore-paths', join(model, 'MODEL_CARD.yaml')];
    const signed = tool(
      ...['sign', 'key', model, '--signature', signature],
      ...['--private_key', join(keys, 'private.pem'), ...cards],
    );
    expect(signed).toMatchObject({ ok: true });
    const verdict = verifyBundle(readFileSync(signature, 'utf8'), KEY.publicKey);
    const ours = modelStatement(basename(model), await manifestOfModel());
    expect(verdict).toMatchObject({ ok: true, statement: { subject: ours.subject } });
    expect(verdict.ok && verdict.statement.predicate.resources).toEqual(ours.predicate.resources);
  });
});
