import { isLosslessNumber, type LosslessNumber, parse } from 'lossless-json';
import type { WireExchange } from '../proxy/wire.js';
import type { GoldenExchange } from './exchange.js';

/** Lists and maps whose order is no part of the contract: clients make maps of them. */
const UNORDERED = new Set([
  ...['metrics', 'params', 'tags', 'aliases', 'latest_versions'],
  ...['request_metadata', 'trace_metadata'],
]);
/** Members that hold JSON in a text, with ids, times and versions inside. */
const EMBEDDED = /^\s*[[{].*[\]}]\s*$/s;
/** A number up to 1000, that included. */
const RANDOM_NAME = /^[a-z]+-[a-z]+-\d{1,4}$/;
/** What the client writes of a model depends on the machine, and so do the sizes. */
const MODEL_FILE =
  /(^|\/)(MLmodel|conda\.yaml|python_env\.yaml|requirements\.txt|python_model\.pkl|input_example\.json|serving_input_example\.json)$/;
const MACHINE = new Set([
  ...['model_size_bytes', 'python_version', 'cloudpickle_version'],
  ...['mlflow.trace.sizeBytes', 'mlflow.trace.sizeStats'],
]);
/** Spans in a file that a client uploads. */
const SPANS_FILE = /\/traces\.json$/;
/** Members that hold the id of a span or a trace, whose bytes may be written in three ways. */
const TRACE_IDS = new Set(['trace_id', 'span_id', 'parent_id', 'parent_span_id']);
const DAY_MS = 86_400_000;
const ADDRESS = /https?:\/\/(?:127\.0\.0\.1|localhost):\d+/g;
const ISO_TIME = /\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?Z?\b/g;

/**
 * Makes exchanges of one story comparable. An id gets a name by its first appearance, so that equal
 * ids stay equal and different ones different.
 */
export class Normaliser {
  readonly #names = new Map<string, string>();
  readonly #uploads = new Map<string, Buffer>();
  readonly #token: string;
  readonly #started = Date.now();

  /** @param token what makes the names of this telling unique */
  constructor(token: string) {
    this.#token = token;
  }

  exchange(wire: WireExchange): GoldenExchange {
    const [path = '', query] = wire.target.split('?', 2);
    const request = this.#request(wire);
    const response = this.#response(wire);
    return {
      method: wire.method,
      path: this.#text(decodeURIComponent(path)),
      ...(query === undefined ? {} : { query: this.#query(query) }),
      ...(request === undefined ? {} : { request }),
      status: wire.status,
      type: wire.responseType,
      ...(response === undefined ? {} : { response }),
    };
  }

  #request({ method, target, request, requestType }: WireExchange): unknown {
    if (request.length === 0) return undefined;
    if (requestType === 'application/x-protobuf') return '<protobuf>';
    if (method !== 'PUT') return this.#body(request);
    this.#uploads.set(target, request);
    if (SPANS_FILE.test(target)) return this.#body(request);
    return MODEL_FILE.test(target) ? '<file>' : request.toString('utf8');
  }

  #response({ method, target, response, responseType }: WireExchange): unknown {
    if (response.length === 0) return undefined;
    const uploaded = method === 'GET' ? this.#uploads.get(target) : undefined;
    if (uploaded?.equals(response)) return '<as it was uploaded>';
    return responseType === 'application/json'
      ? this.#body(response)
      : this.#text(String(response));
  }

  #body(bytes: Buffer): unknown {
    const text = bytes.toString('utf8');
    let json: unknown;
    try {
      json = parse(text);
    } catch {
      return this.#text(text);
    }
    return this.#value(json, '');
  }

  #query(query: string): string {
    const pairs = [...new URLSearchParams(query)];
    return pairs.map(([key, value]) => `${key}=${this.#string(value, key)}`).join('&');
  }

  #value(value: unknown, key: string): unknown {
    if (typeof value === 'string') return this.#string(value, key);
    if (isLosslessNumber(value)) return this.#number(value, key);
    if (Array.isArray(value)) {
      const items = value.map((item) => this.#value(item, key));
      return UNORDERED.has(key) ? items.toSorted(byText) : items;
    }
    if (typeof value !== 'object' || value === null) return value;
    const all = Object.entries(value);
    const ordered = UNORDERED.has(key) ? all.toSorted(([one], [other]) => byText(one, other)) : all;
    const named: unknown = 'key' in value && value.key;
    const nameOf = (name: string) => {
      if (name === 'string_value') return key;
      return name === 'value' && typeof named === 'string' ? named : name;
    };
    const entries = ordered.map(([name, inner]) => [name, this.#value(inner, nameOf(name))]);
    const members = Object.fromEntries(entries) as Record<string, unknown>;
    const file = typeof members.path === 'string' && MODEL_FILE.test(members.path);
    return file && 'file_size' in members ? { ...members, file_size: '<size>' } : members;
  }

  #number(value: LosslessNumber, key: string): unknown {
    if (MACHINE.has(key)) return `<${key}>`;
    const isTime = Math.abs(Number(value.value) - this.#started) < DAY_MS;
    return isTime ? '<time>' : value;
  }

  #string(text: string, key: string): unknown {
    if (key === 'next_page_token' || key === 'page_token') return '<token>';
    if (key === 'experiment_id' || key === 'experiment_ids') return this.#experiment(text);
    if (key === 'mlflow.experimentId') return text.replace(/\d+/, (id) => this.#experiment(id));
    if (MACHINE.has(key)) return `<${key}>`;
    if (RANDOM_NAME.test(text)) return '<random name>';
    if (TRACE_IDS.has(key)) return this.#traceId(text);
    if (EMBEDDED.test(text)) return this.#embedded(text);
    return this.#text(text);
  }

  #embedded(text: string): unknown {
    try {
      return { '<JSON in a text>': this.#value(parse(text), '') };
    } catch {
      return this.#text(text);
    }
  }

  #timeText(text: string, time = Number(text)): string {
    return Math.abs(time - this.#started) < DAY_MS ? '<time>' : text;
  }

  #text(text: string): string {
    return text
      .replaceAll(this.#token, '@')
      .replace(ADDRESS, '<server>')
      .replace(ISO_TIME, (time) => this.#timeText(time, Date.parse(time)))
      .replace(/\b\d{13}\b/g, (time) => this.#timeText(time))
      .replace(/\{('[^']*'(?:, '[^']*')*)\}/g, (_, items: string) => `{${sortedItems(items)}}`)
      .replace(/\b(m-)?[0-9a-f]{32}\b/g, (id, model?: string) =>
        this.#name(id, model === undefined ? 'id' : 'model'),
      )
      .replace(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, (id) => this.#name(id, 'uuid'))
      .replace(/(mlflow-artifacts:\/)(\d+)/g, (_, before: string, id: string) => {
        return before + this.#experiment(id);
      })
      .replace(
        /(^|[/'])(\d+)(?=\/(?:<id |<model |models\/<|traces\/))/g,
        (_, before, id: string) => {
          return before + this.#experiment(id);
        },
      )
      .replace(
        /((?<!<)[Ee]xperiment (?:with id )?|id=)(\d+)(?![\w.])/g,
        (_, before, id: string) => {
          return before + (this.#names.get(id) ?? id);
        },
      );
  }

  /** An id in hexadecimal digits, perhaps behind `0x`, or in base 64; MLflow's own have a prefix. */
  #traceId(text: string): string {
    const [, start = '', hex] = /^(0x|tr-)?([0-9a-f]{16}|[0-9a-f]{32})$/.exec(text) ?? [];
    const base64 = /^[\w+/]{11}=$|^[\w+/]{22}==$/.test(text);
    const id = base64 ? Buffer.from(text, 'base64').toString('hex') : hex;
    if (id === undefined) return this.#text(text);
    const name = this.#name(id, id.length === 16 ? 'span' : 'id');
    return `${base64 ? 'base64 ' : start}${name}`;
  }

  #experiment(id: string): string {
    return id === '0' || !/^\d+$/.test(id) ? id : this.#name(id, 'experiment');
  }

  #name(id: string, kind: string): string {
    const known = this.#names.get(id);
    if (known !== undefined) return known;
    const count = [...this.#names.values()].filter((name) => name.startsWith(`<${kind} `)).length;
    const name = `<${kind} ${count + 1}>`;
    this.#names.set(id, name);
    return name;
  }
}

/** Python prints a set in any order. */
const sortedItems = (items: string): string => items.split(', ').toSorted().join(', ');

const byText = (one: unknown, other: unknown): number => (textOf(one) < textOf(other) ? -1 : 1);

/** The same text whatever the order of members. */
const textOf = (value: unknown): string =>
  typeof value === 'object' && value !== null && !isLosslessNumber(value)
    ? Object.entries(value)
        .map(([name, inner]) => `${name}=${textOf(inner)}`)
        .toSorted()
        .join(',')
    : String(value);
