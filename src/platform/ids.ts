import { randomUUID } from 'node:crypto';

/** @returns 32 hexadecimal digits, as MLflow names runs */
export const newHexId = (): string => randomUUID().replaceAll('-', '');
