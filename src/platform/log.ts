import { type Logger, pino } from 'pino';

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error' | 'isLevelEnabled'>;
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** A structured log, one JSON object a line, on standard error. */
export const createLog = (level: LogLevel): Log => pino({ level }, pino.destination(2));
