import { invalidParameter } from '../../errors.js';
import type { Input } from '../../platform/http/operation.js';
import { headersOf, Reply, sendText } from '../../platform/http/reply.js';
import { checkModelName } from '../../registry/models/models.js';
import { parseVersion } from '../../registry/versions/versions.js';
import { toHuggingFaceReadme } from '../cards/export-huggingface.js';
import { graphOf } from '../lineage/lineage-graph.js';
import { toBom } from './bom.js';
import type { ComplianceOperationParts } from './compliance.operations.js';
import type { ComplianceFacts } from './compliance-facts.js';
import { type CompliancePack, packOf } from './pack.js';
import { toHtml } from './pack-html.js';
import { type PackedFile, zipOf } from './pack-zip.js';

const FORMATS: readonly string[] = ['json', 'html', 'pdf', 'zip', 'cyclonedx', 'huggingface'];
const CSP = "default-src 'none'; base-uri 'none'; form-action 'none'; sandbox";
const NOSNIFF = { 'X-Content-Type-Options': 'nosniff' };

/** The compliance pack of a version, in the form that its reader takes. */
export async function answerPack(
  { compliance, printer }: ComplianceOperationParts,
  { name, version: text, format = 'json' }: Input<'getCompliancePack'>,
): Promise<Reply<Record<string, unknown>>> {
  checkModelName(name);
  if (!FORMATS.includes(format)) {
    throw invalidParameter(`'format' is one of ${FORMATS.join(', ')}.`);
  }
  const version = parseVersion(name, text);
  const facts = await compliance.read(name, version);
  const pack = packOf(facts);
  switch (format) {
    case 'html':
      return textual('text/html; charset=utf-8', toHtml(pack), {
        'Content-Security-Policy': CSP,
      });
    case 'cyclonedx':
      return textual('application/vnd.cyclonedx+json; version=1.6', print(toBom(facts)));
    case 'huggingface':
      return textual('text/markdown; charset=utf-8', readmeOf(facts));
    case 'pdf': {
      const bytes = await printer.print(pack);
      return new Reply((_, response) => {
        const headers = {
          ...NOSNIFF,
          ...named(facts, 'pdf'),
          'Content-Type': 'application/pdf',
        };
        response.writeHead(
          200,
          headersOf(response, { ...headers, 'Content-Length': bytes.length }),
        );
        response.end(bytes);
      });
    }
    case 'zip': {
      const files = filesOf(facts, pack, await printer.print(pack));
      return new Reply((_, response) => {
        const headers = {
          ...NOSNIFF,
          ...named(facts, 'zip'),
          'Content-Type': 'application/zip',
        };
        response.writeHead(200, headersOf(response, headers));
        zipOf(files, facts.now).pipe(response);
      });
    }
    default:
      return textual('application/json', JSON.stringify(pack));
  }
}

const print = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

const textual = (type: string, text: string, headers: Readonly<Record<string, string>> = {}) =>
  new Reply<Record<string, unknown>>((_, response) =>
    sendText(response, 200, type, text, { ...NOSNIFF, ...headers }),
  );

/** Names of models may hold signs that headers and file systems don't take. */
const named = ({ model, version }: ComplianceFacts, end: string) => ({
  'Content-Disposition': `attachment; filename="compliance-${model.replaceAll(/[^\w.-]/g, '_').slice(0, 100)}-${version}.${end}"`,
});

function readmeOf({ card, model, version, facts }: ComplianceFacts): string {
  const content = card.resolved.kind === 'card' ? card.resolved.card : {};
  const { semver, metrics } = facts;
  return toHuggingFaceReadme(content, { model, version, semver, metrics: metrics.measured });
}

function filesOf(
  facts: ComplianceFacts,
  pack: CompliancePack,
  pdf: Uint8Array,
): readonly PackedFile[] {
  return [
    { path: 'compliance.json', content: print(pack) },
    { path: 'compliance.html', content: toHtml(pack) },
    { path: 'compliance.pdf', content: pdf },
    { path: 'bom.cdx.json', content: print(toBom(facts)) },
    { path: 'README.md', content: readmeOf(facts) },
    { path: 'mapping.json', content: print({ statement: pack.statement, mapping: pack.mapping }) },
    { path: 'lineage.json', content: print(graphOf(facts.around)) },
    {
      path: 'manifest.json',
      content: print({ root_digest: pack.root_digest ?? '', files: facts.files }),
    },
    ...(facts.signature === undefined ? [] : [{ path: 'model.sig', content: facts.signature }]),
    ...(facts.signatureKey ? [{ path: 'model.pub.pem', content: facts.signatureKey }] : []),
    {
      path: 'audit.ndjson',
      content: pack.audit.map((entry) => `${JSON.stringify(entry)}\n`).join(''),
    },
  ];
}
