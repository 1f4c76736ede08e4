/** How much an event matters. error: someone must come now; warn: look today; info: the cluster changed; debug: for the developer. */
export type LogLevel = 'error' | 'warn' | 'info' | 'debug';

/** Fields of an event; secrets never. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Takes events. */
export interface Log {
  event(level: LogLevel, sentence: string, fields?: LogFields): void;
}
