import { storable } from './otel-value.js';

const MAX_LENGTH = 1_000;

type Members = Readonly<Record<string, unknown>>;

/**
 * A line that shows what went into a trace or came out of it: the last message of this role
 * where the JSON is that of a chat, else the JSON itself.
 */
export function previewOf(json: string, role: 'user' | 'assistant'): string {
  const text = storable(lastMessage(json, role) || json);
  if (text.length <= MAX_LENGTH) return text;
  const characters = [...text];
  if (characters.length <= MAX_LENGTH) return text;
  return `${characters.slice(0, MAX_LENGTH - 3).join('')}...`;
}

function lastMessage(json: string, role: string): string | undefined {
  const messages = messagesOf(parse(json));
  const message = messages.findLast((each) => each.role === role) ?? messages.at(-1);
  if (message === undefined) return undefined;
  const { content } = message;
  return Array.isArray(content) ? firstText(content) : asText(content);
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return undefined;
  }
}

/** Requests and answers of chats come in a few shapes; agents wrap a request into another object. */
function messagesOf(value: unknown): Members[] {
  if (!isObject(value)) return [];
  for (const name of ['messages', 'choices', 'input', 'output']) {
    const list = value[name];
    if (!Array.isArray(list) || list.length === 0) continue;
    const found = name === 'choices' ? choiceOf(list) : list.filter(isMessage);
    if (found !== undefined) return found;
  }
  return isObject(value.request) ? messagesOf(value.request) : [];
}

function choiceOf([first]: readonly unknown[]): Members[] | undefined {
  if (!isObject(first) || !isMessage(first.message)) return undefined;
  return [first.message];
}

function firstText(parts: readonly unknown[]): string | undefined {
  for (const part of parts) {
    if (typeof part === 'string') return part;
    if (isObject(part) && (part.type === 'text' || part.type === 'output_text')) {
      return asText(part.text);
    }
  }
  return undefined;
}

const asText = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined;

const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isMessage = (value: unknown): value is Members =>
  isObject(value) && 'role' in value && 'content' in value;
