/**
 * Makes what is derived from the contract: one bundled JSON file for the server to route and
 * validate by, and the TypeScript types of every operation. Neither is committed.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { bundle, createConfig } from '@redocly/openapi-core';
import openapiTS, { astToString, type OpenAPITSOptions } from 'openapi-typescript';
import ts from 'typescript';

const { factory, SyntaxKind } = ts;
const number = factory.createKeywordTypeNode(SyntaxKind.NumberKeyword);
const literal = (text: string) => factory.createLiteralTypeNode(factory.createStringLiteral(text));
/** int64 beyond 2^53 travels as bigint. */
const int64 = factory.createUnionTypeNode([
  number,
  factory.createKeywordTypeNode(SyntaxKind.BigIntKeyword),
]);
/** protobuf's JSON prints what JSON has no number for as text. */
const double = factory.createUnionTypeNode([
  number,
  literal('NaN'),
  literal('Infinity'),
  literal('-Infinity'),
]);

const { bundle: document, problems } = await bundle({
  ref: 'openapi/openapi.yaml',
  config: await createConfig({}),
});
for (const problem of problems) {
  if (problem.severity === 'error') throw new Error(problem.message);
}
const contract = document.parsed;
const transform: OpenAPITSOptions['transform'] = (schema) => {
  if (schema.format === 'int64') return int64;
  if (schema.format === 'double') return double;
  return undefined;
};

await mkdir('src/generated', { recursive: true });
await writeFile('src/generated/contract.json', JSON.stringify(contract));
// A handler finds every default filled in; a client may leave it out.
const served = await openapiTS(contract, { transform });
await writeFile('src/generated/api.ts', astToString(served));
const called = await openapiTS(contract, { transform, defaultNonNullable: false });
await writeFile('src/generated/client-api.ts', astToString(called));
