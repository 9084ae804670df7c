import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SCHEMAS = join(
  dirname(createRequire(import.meta.url).resolve('@cyclonedx/cyclonedx-library/package.json')),
  'res/schema',
);

const schema = (name: string) =>
  JSON.parse(readFileSync(join(SCHEMAS, `${name}.SNAPSHOT.schema.json`), 'utf8'));

it('lists every package of an installation, in valid CycloneDX', () => {
  const bom = JSON.parse(
    execFileSync(process.execPath, [join(ROOT, 'scripts/sbom.mjs')], { encoding: 'utf8' }),
  );
  const ajv = new Ajv({ strict: false });
  addFormats.default(ajv);
  ajv.addFormat('iri-reference', true);
  ajv.addFormat('idn-email', true);
  for (const name of ['spdx', 'jsf-0.82']) {
    ajv.addSchema(schema(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`);
  }
  const isBom = ajv.compile(schema(`bom-${bom.specVersion}`));
  isBom(bom);
  expect(isBom.errors).toBeNull();
  expect(bom.metadata.component.name).toBe('runledger');
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const listed: string[] = bom.components.map((each: Record<string, string>) => each['bom-ref']);
  for (const [name, version] of Object.entries(dependencies)) {
    expect(listed).toContain(`${name}@${version}`);
  }
  expect(listed.filter((each) => each.startsWith('vitest@'))).toEqual([]);
});
