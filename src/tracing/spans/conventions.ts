import { printMembers } from './otel-value.js';
import { parseStored } from './stored-json.js';

/** Attributes that MLflow's clients and pages know. */
export const ATTRIBUTE = {
  traceId: 'mlflow.traceRequestId',
  inputs: 'mlflow.spanInputs',
  outputs: 'mlflow.spanOutputs',
  type: 'mlflow.spanType',
  tokenUsage: 'mlflow.chat.tokenUsage',
  cost: 'mlflow.llm.cost',
  model: 'mlflow.llm.model',
  provider: 'mlflow.llm.provider',
  tools: 'mlflow.chat.tools',
  traceTag: 'mlflow.traceTag.',
} as const;

export const UNKNOWN_TYPE = 'UNKNOWN';

/** Where another convention keeps what MLflow keeps under {@link ATTRIBUTE}. */
interface Convention {
  readonly kind: string;
  readonly types: ReadonlyMap<string, string>;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly models: readonly string[];
  readonly provider: string;
  readonly tools: readonly string[];
  /** Token counts; of several names of one count the first that is there counts. */
  readonly tokens: ReadonlyMap<string, readonly string[]>;
}

const OPEN_INFERENCE: Convention = {
  kind: 'openinference.span.kind',
  types: new Map(
    [
      'TOOL',
      'CHAIN',
      'LLM',
      'RETRIEVER',
      'EMBEDDING',
      'AGENT',
      'RERANKER',
      'UNKNOWN',
      'GUARDRAIL',
      'EVALUATOR',
    ].map((type) => [type, type]),
  ),
  inputs: ['input.value'],
  outputs: ['output.value'],
  models: [
    'llm.response.model_name',
    'llm.model_name',
    'llm.request.model_name',
    'embedding.model_name',
  ],
  provider: 'llm.provider',
  tools: [],
  tokens: new Map([
    ['input_tokens', ['llm.token_count.prompt']],
    ['output_tokens', ['llm.token_count.completion']],
    ['total_tokens', ['llm.token_count.total']],
    ['cache_read_input_tokens', ['llm.token_count.prompt_details.cache_read']],
    ['cache_creation_input_tokens', ['llm.token_count.prompt_details.cache_write']],
  ]),
};

/** https://opentelemetry.io/docs/specs/semconv/registry/attributes/gen-ai/ */
const GEN_AI: Convention = {
  kind: 'gen_ai.operation.name',
  types: new Map([
    ['chat', 'CHAT_MODEL'],
    ['create_agent', 'AGENT'],
    ['embeddings', 'EMBEDDING'],
    ['execute_tool', 'TOOL'],
    ['generate_content', 'LLM'],
    ['invoke_agent', 'AGENT'],
    ['text_completion', 'LLM'],
    ['response', 'LLM'],
  ]),
  inputs: ['gen_ai.input.messages', 'gen_ai.tool.call.arguments'],
  outputs: ['gen_ai.output.messages', 'gen_ai.tool.call.result'],
  models: ['gen_ai.response.model', 'gen_ai.request.model'],
  provider: 'gen_ai.provider.name',
  tools: ['gen_ai.tool.definitions'],
  tokens: new Map([
    ['input_tokens', ['gen_ai.usage.input_tokens']],
    ['output_tokens', ['gen_ai.usage.output_tokens']],
    ['cache_read_input_tokens', ['gen_ai.usage.cache_read.input_tokens']],
    [
      'cache_creation_input_tokens',
      ['gen_ai.usage.cache_write.input_tokens', 'gen_ai.usage.cache_creation.input_tokens'],
    ],
  ]),
};

const CONVENTIONS = [OPEN_INFERENCE, GEN_AI];

/** Attributes of a span, each value as JSON text. */
export type Attributes = Map<string, string>;

/** Adds MLflow's attributes to those of other conventions, where they are not there already. */
export function translate(attributes: Attributes): void {
  const add = (name: string, find: (convention: Convention) => string | undefined): void => {
    if (attributes.has(name)) return;
    for (const convention of CONVENTIONS) {
      const found = find(convention);
      if (found === undefined) continue;
      attributes.set(name, found);
      return;
    }
  };
  const type = translatedType(attributes);
  const current = textOf(attributes.get(ATTRIBUTE.type)) ?? UNKNOWN_TYPE;
  if (type !== undefined && current === UNKNOWN_TYPE) {
    attributes.set(ATTRIBUTE.type, JSON.stringify(type));
  }
  add(ATTRIBUTE.inputs, ({ inputs }) => firstFilled(attributes, inputs));
  add(ATTRIBUTE.outputs, ({ outputs }) => firstFilled(attributes, outputs));
  add(ATTRIBUTE.tokenUsage, ({ tokens }) => usage(attributes, tokens));
  add(ATTRIBUTE.tools, ({ tools }) => firstFilled(attributes, tools));
  add(ATTRIBUTE.model, ({ models }) => firstFilled(attributes, models));
  add(ATTRIBUTE.provider, ({ provider }) => firstFilled(attributes, [provider]));
}

/** @returns the text that JSON text holds; for other values the JSON text itself */
export function textOf(json: string | undefined): string | undefined {
  if (json === undefined || !json.startsWith('"')) return json;
  const value = parseStored(json);
  return typeof value === 'string' ? value : json;
}

function translatedType(attributes: Attributes): string | undefined {
  for (const { kind, types } of CONVENTIONS) {
    const type = types.get(textOf(attributes.get(kind)) ?? '');
    if (type !== undefined) return type;
  }
  return undefined;
}

const EMPTY = new Set(['null', '""', '[]', '{}', '0', 'false']);

function firstFilled(attributes: Attributes, names: readonly string[]): string | undefined {
  return names.map((name) => attributes.get(name)).find((text) => text && !EMPTY.has(text));
}

function usage(attributes: Attributes, tokens: Convention['tokens']): string | undefined {
  const counts = new Map<string, number>();
  for (const [count, names] of tokens) {
    const value = names.map((name) => toCount(attributes.get(name))).find((n) => n !== undefined);
    if (value !== undefined) counts.set(count, value);
  }
  const [input, output] = [counts.get('input_tokens'), counts.get('output_tokens')];
  if (!counts.has('total_tokens') && input !== undefined && output !== undefined) {
    counts.set('total_tokens', input + output);
  }
  if (!['input_tokens', 'output_tokens', 'total_tokens'].some((name) => counts.has(name))) {
    return undefined;
  }
  const order = [...counts].sort(([a], [b]) => ORDER.indexOf(a) - ORDER.indexOf(b));
  return printMembers(order.map(([name, count]) => [name, String(count)] as const));
}

const ORDER = [
  'input_tokens',
  'output_tokens',
  'total_tokens',
  'cache_read_input_tokens',
  'cache_creation_input_tokens',
];

function toCount(json: string | undefined): number | undefined {
  const text = textOf(json);
  if (text === undefined || !/^\d{1,15}$/.test(text)) return undefined;
  return Number(text);
}
