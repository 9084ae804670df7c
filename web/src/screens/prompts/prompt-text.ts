import type { Schema } from '../../shared/api.ts';

type Version = Schema<'ModelVersion'>;

const TEXT = 'mlflow.prompt.text';

/** One message of a prompt that is a conversation; plain templates have one without a role. */
export interface Message {
  readonly role: string | undefined;
  readonly content: string;
}

export const rawText = (version: Version | undefined): string =>
  version?.tags?.find(({ key }) => key === TEXT)?.value ?? '';

/** What a version says, message by message. */
export function messagesOf(version: Version | undefined): readonly Message[] {
  const text = rawText(version);
  try {
    const parsed: unknown = JSON.parse(text);
    if (Array.isArray(parsed) && parsed.length > 0 && parsed.every(isMessage)) return parsed;
  } catch {
    // It is a template of plain text.
  }
  return [{ role: undefined, content: text }];
}

const isMessage = (value: unknown): value is Message =>
  typeof value === 'object' &&
  value !== null &&
  'role' in value &&
  typeof value.role === 'string' &&
  'content' in value &&
  typeof value.content === 'string';

/** The same as lines, for comparison. */
export const comparedText = (version: Version | undefined): string =>
  messagesOf(version)
    .map(({ role, content }) => (role === undefined ? content : `[${role}]\n${content}`))
    .join('\n\n');

/** The names between double braces, each once. */
export function variablesOf(version: Version | undefined): readonly string[] {
  const found = rawText(version).matchAll(/\{\{\s*([\w.-]{1,100})\s*\}\}/g);
  return [...new Set([...found].map(([, name = '']) => name))];
}
