import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../platform/db/database.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { FACE_CARD_YAML } from '../testing/cards.js';
import {
  COMMIT,
  type EvidenceServer,
  evidenceServer,
  MLMODEL,
} from '../testing/evidence-server.js';
import { MAPPINGS } from './mapping-data.js';
import type { CompliancePack } from './pack.js';
import { PdfPrinter } from './pdf-printer.js';

const WORKER = new URL('./testing/pdf-worker.mjs', import.meta.url);

/** The schema of CycloneDX 1.6, as the project's own library ships it. */
function bomValidator() {
  const main = createRequire(import.meta.url).resolve('@cyclonedx/cyclonedx-library/package.json');
  const read = (file: string) =>
    JSON.parse(
      readFileSync(join(dirname(main), 'res/schema', `${file}.SNAPSHOT.schema.json`), 'utf8'),
    );
  const ajv = new Ajv({ strict: false, validateFormats: true });
  addFormats.default(ajv);
  // Names in other alphabets: the formats of JSON Schema that ajv leaves to others.
  ajv.addFormat('iri-reference', true);
  ajv.addFormat('idn-email', true);
  for (const file of ['spdx', 'jsf-0.82']) {
    ajv.addSchema(read(file), `http://cyclonedx.org/schema/${file}.SNAPSHOT.schema.json`);
  }
  return ajv.compile(read('bom-1.6'));
}

const asBuffer = (response: IncomingMessage, done: (error: null, body: Buffer) => void) => {
  const chunks: Buffer[] = [];
  response.on('data', (chunk: Buffer) => chunks.push(chunk));
  response.on('end', () => done(null, Buffer.concat(chunks)));
};

forEachDatabase((open) => {
  let database: Database;
  let server: EvidenceServer;
  let pack: CompliancePack;
  const path = 'FaceSentimentAnalyzer/versions/1/compliance';

  beforeAll(async () => {
    database = await open();
    server = await evidenceServer(database, 'enforce');
    await server.post('registered-models/create', { name: 'FaceSentimentAnalyzer' });
    const run = await server.run({
      params: { lr: '0.1' },
      metrics: { latency_p95: 0.2 },
      tags: { 'mlflow.source.git.commit': COMMIT, 'data_contract.uri': 'https://c.example/1' },
      datasets: [{ name: 'video', digest: 'd1', source: '{"uri": "s3://data/video"}' }],
    });
    await server.putFiles(run.artifact_uri, {
      'model/MLmodel': MLMODEL,
      'model/requirements.txt': 'mlflow==3.17.2\nscikit-learn==1.7.2\n',
      'model/conda.yaml': 'dependencies: ["python=3.11.9", {pip: ["mlflow==3.17.2"]}]\n',
      'model/w.bin': 'w',
      'model/MODEL_CARD.yaml': `${FACE_CARD_YAML.replace('2.4.0', '1')}license: mit\nethical_considerations: "<script>alert(1)</script> is written here"\n`,
    });
    const source = `${run.artifact_uri}/model`;
    await server.version({ name: 'FaceSentimentAnalyzer', source, run_id: run.run_id });
    await database.write((tx) =>
      tx.run({
        sql: "update runs set created_by = 'ds' where run_id = ?",
        bindings: [run.run_id],
      }),
    );
    pack = (await server.own(path)).body;
  });

  const approve = (roles: readonly string[], at: number, digest: string, approver = 'val') =>
    database.write((tx) =>
      tx.run({
        sql:
          'insert into promotion_approvals (model, version, target, approver, roles, ' +
          'artifacts_digest, card_digest, profile_digest, comment, creation_timestamp) ' +
          "select id, 1, 'Production', ?, ?, ?, '', '', '', ? " +
          "from registered_models where name = 'FaceSentimentAnalyzer'",
        bindings: [approver, JSON.stringify(roles), digest, at],
      }),
    );
  const answer = async (id: string) => {
    const { body } = await server.own(path);
    return (body as CompliancePack).questions.find((one) => one.id === id);
  };

  describe('a compliance pack', () => {
    it('answers four questions, each with its evidence', () => {
      expect(pack).toMatchObject({
        ...{ model: 'FaceSentimentAnalyzer', version: 1, semver: '1.0.0', mode: 'enforce' },
        summary: { passed: 3, failed: 1 },
      });
      expect(pack.statement).toContain('no statement');
      const states = pack.questions.map(({ id, status }) => [id, status]);
      expect(states).toEqual([
        ['who_trained', 'PASS'],
        ['what_data', 'PASS'],
        ['independent_validation', 'FAIL'],
        ['documented_biases', 'PASS'],
      ]);
      const [who, data, , biases] = pack.questions;
      expect(who).toMatchObject({
        value: { principal: 'ds', commit: COMMIT },
        evidence: { digest: pack.root_digest, audit_seq: expect.any(Number) },
      });
      expect(data?.value).toMatchObject({
        datasets: [{ name: 'video', digest: 'd1', context: 'training' }],
        data_contract: { state: 'named', uri: 'https://c.example/1' },
      });
      expect(biases?.value.fairness_metrics).toEqual({
        ...{ demographic_parity: 0.95, equal_opportunity: 0.92 },
      });
      expect(biases?.evidence.digest).toBe(pack.card.digest);
      for (const { evidence } of pack.questions) expect(evidence.link).toMatch(/^\/api\//);
    });

    it('leads to entries of the audit log that are there', async () => {
      const [{ evidence }] = pack.questions as [CompliancePack['questions'][number]];
      const entry = pack.audit.find(({ seq }) => seq === evidence.audit_seq);
      expect(entry).toMatchObject({ action: 'model_version.create', decision: 'allowed' });
      expect(entry?.leaf_hash).toMatch(/^[\da-f]{64}$/);
    });

    it('takes a validation for one only from a validator of another team, of these files', async () => {
      const digest = pack.root_digest ?? '';
      const status = async () => (await answer('independent_validation'))?.status;
      await approve(['lead'], 1, digest, 'lea');
      await approve(['validator', 'ai-vision-team'], 1, digest, 'own');
      await approve(['validator'], 1, digest, 'ds');
      await approve(['validator'], 1, 'f'.repeat(64));
      expect(await status()).toBe('FAIL');
      await approve(['validator'], 50, digest);
      const found = await answer('independent_validation');
      expect(found).toMatchObject({
        ...{ status: 'PASS', value: { validator: 'val', validated_time: 50 } },
        evidence: { digest },
      });
      await database.write((tx) =>
        tx.run({
          sql:
            'insert into live_history (model, model_name, version, target, from_time, ' +
            "entered_by) select id, name, 1, 'Production', 40, 'lea' from registered_models " +
            "where name = 'FaceSentimentAnalyzer'",
          bindings: [],
        }),
      );
      expect(await status()).toBe('FAIL');
    });

    it('follows a model through its names, and no other model that had them', async () => {
      const make = async (name: string) => {
        await server.post('registered-models/create', { name });
        const { run_id, artifact_uri } = await server.run();
        await server.version({ name, source: `${artifact_uri}/model`, run_id });
      };
      const rename = (name: string, new_name: string) =>
        server.post('registered-models/rename', { name, new_name });
      const entriesOf = async (name: string) => {
        const { body } = await server.own(`${name}/versions/1/compliance`);
        return (body as CompliancePack).audit.map(({ action }) => action.split('.')[1]);
      };
      await make('first');
      await server.post('model-versions/set-tag', {
        ...{ name: 'first', version: '1', key: 'a', value: '1' },
      });
      await rename('first', 'second');
      await rename('second', 'third');
      await make('first');
      await rename('first', 'second');
      await server.post('model-versions/set-tag', {
        ...{ name: 'third', version: '1', key: 'b', value: '1' },
      });
      expect(await entriesOf('third')).toEqual(['create', 'set_tag', 'set_tag']);
      expect(await entriesOf('second')).toEqual(['create']);
    });

    it('maps evidence to frameworks, and says what it does not hold', () => {
      const points = pack.mapping.map(({ framework, reference }) => `${framework} ${reference}`);
      for (let point = 1; point <= 9; point += 1) {
        expect(points.some((text) => text.endsWith(`Annex IV, point ${point}`))).toBe(true);
      }
      for (const text of [
        'Article 11',
        'Article 12',
        'Article 14',
        'Article 18',
        'A.6.2.8',
        'MAP 4.2',
      ]) {
        expect(points.some((point) => point.endsWith(text))).toBe(true);
      }
      const declaration = pack.mapping.find(({ reference }) => reference.endsWith('point 8'));
      expect(declaration).toMatchObject({ evidence: [], not_held_here: expect.any(String) });
      const used = new Set(MAPPINGS.flatMap(({ evidence }) => evidence));
      expect(used.size).toBe(16);
      expect(JSON.stringify(pack)).not.toMatch(/\bcompliant with\b/);
    });

    it('is a page on which nothing runs', async () => {
      const { text, headers } = await server.own(`${path}?format=html`);
      expect(headers['content-security-policy']).toContain("default-src 'none'");
      expect(text).not.toContain('<script');
      expect(text).toContain('Who trained the model? PASS');
      expect(text).toContain('Has an independent party validated it before production? FAIL');
    });

    it('is a bill of materials that the schema of CycloneDX takes', async () => {
      const { body, headers } = await server
        .own(`${path}?format=cyclonedx`)
        .buffer(true)
        .parse(asBuffer as never);
      const bom = JSON.parse((body as Buffer).toString());
      expect(headers['content-type']).toContain('application/vnd.cyclonedx+json');
      const isBom = bomValidator();
      expect([isBom(bom), isBom.errors]).toEqual([true, null]);
      const { component } = bom.metadata;
      expect(component).toMatchObject({
        ...{ type: 'machine-learning-model', version: '1.0.0' },
        hashes: [{ alg: 'SHA-256', content: pack.root_digest }],
        modelCard: {
          considerations: { technicalLimitations: ['Performance drops in low-light conditions.'] },
          modelParameters: {
            inputs: [{ format: 'x: double' }],
            datasets: [{ ref: 'dataset:video@d1' }],
          },
        },
      });
      const purls = bom.components.flatMap(({ purl }: { purl?: string }) => purl ?? []);
      expect(purls).toEqual([
        ...['pkg:pypi/mlflow@3.17.2', 'pkg:pypi/scikit-learn@1.7.2', 'pkg:conda/python@3.11.9'],
      ]);
      expect(isBom({ ...bom, bogus: 1 })).toBe(false);
      expect(
        isBom({ ...bom, metadata: { component: { ...component, modelCard: { x: 1 } } } }),
      ).toBe(false);
    });

    it('is printed, and packed with all that belongs to it', async () => {
      const get = (format: string) =>
        server
          .own(`${path}?format=${format}`)
          .buffer(true)
          .parse(asBuffer as never);
      const pdf = await get('pdf');
      expect(pdf.headers['content-type']).toBe('application/pdf');
      expect((pdf.body as Buffer).subarray(0, 5).toString()).toBe('%PDF-');
      const zip = await get('zip');
      expect(zip.headers['content-disposition']).toContain(
        'compliance-FaceSentimentAnalyzer-1.zip',
      );
      const bytes = (zip.body as Buffer).toString('latin1');
      expect(bytes.startsWith('PK')).toBe(true);
      const packed = 'compliance.json compliance.pdf bom.cdx.json model.sig model.pub.pem';
      for (const file of packed.split(' ')) expect(bytes).toContain(file);
      const readme = await server.own(`${path}?format=huggingface`);
      expect(readme.text).toContain('model-index');
    });

    it('of a bare version fails in all four, and is made nevertheless', async () => {
      await server.post('registered-models/create', { name: 'bare ünïcode' });
      await server.version({ name: 'bare ünïcode', source: 's3://elsewhere/model' });
      const bare = `${encodeURIComponent('bare ünïcode')}/versions/1/compliance`;
      const { body } = await server.own(bare);
      expect(body.summary).toEqual({ passed: 0, failed: 4 });
      for (const format of ['html', 'pdf', 'zip', 'cyclonedx', 'huggingface']) {
        const made = await server
          .own(`${bare}?format=${format}`)
          .buffer(true)
          .parse(asBuffer as never);
        expect([format, made.status]).toEqual([format, 200]);
        if (format === 'cyclonedx') {
          const isBom = bomValidator();
          expect([isBom(JSON.parse((made.body as Buffer).toString())), isBom.errors]).toEqual([
            ...[true, null],
          ]);
        }
      }
      const wrong = await server.own(`${bare}?format=docx`);
      expect([wrong.status, wrong.body.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
      expect((await server.own(`${bare.replace('/1/', '/2/')}`)).status).toBe(404);
    });
  });

  it('is printed in a thread of its own', async () => {
    const bytes = await new PdfPrinter(WORKER).print(pack);
    expect(Buffer.from(bytes).subarray(0, 5).toString()).toBe('%PDF-');
  });
});
