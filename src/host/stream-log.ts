import type { Writable } from 'node:stream';
import type { Log, LogFields, LogLevel } from '../ports/log.js';

/** Levels from the one that is always told to the chattiest. */
export const logLevels: readonly LogLevel[] = ['error', 'warn', 'info', 'debug'];

/** Bytes that may wait for a reader who does not read; what would come on top is dropped and counted. */
const WAITING_BYTES_MAX = 1024 * 1024;

/** A secret shorter than this is not looked for: it would blot out half of every sentence, and protects nothing. */
const SECRET_LENGTH_MIN = 4;

const HIDDEN = '***';

const COLOURS: Readonly<Record<LogLevel, string>> = { error: '31', warn: '33', info: '36', debug: '90' };

/** What stands between the fields of a line as it is, without quotes. */
const PLAIN_VALUE = /^[^\s"=\\\p{Cc}]+$/u;

/**
 * Events as lines of a stream: for people (`pretty`), or one JSON object a line.
 *
 * The line of an event never breaks and never depends on a locale. A stream that fails or is not read never holds up the node: its lines are dropped, and the number of
 * lost ones is told once lines get through again.
 */
export class StreamLog implements Log {
  readonly #options: StreamLogOptions;
  readonly #loudest: number;
  readonly #secrets: string[] = [];
  #dropped = 0;

  constructor(options: StreamLogOptions) {
    this.#options = options;
    this.#loudest = logLevels.indexOf(options.level);
    // A reader that went away makes writes fail one by one; each is one line that nobody can be told of.
    options.stream.on('error', () => {
      this.#dropped += 1;
    });
  }

  /** Blots a secret out of every later line, wherever it would stand in it. */
  hide(secret: string): void {
    if (secret.length >= SECRET_LENGTH_MIN && !this.#secrets.includes(secret)) this.#secrets.push(secret);
  }

  event(level: LogLevel, sentence: string, fields: LogFields = {}): void {
    if (logLevels.indexOf(level) > this.#loudest) return;
    const { stream } = this.#options;
    if (stream.writableLength > WAITING_BYTES_MAX || !stream.writable) {
      this.#dropped += 1;
      return;
    }
    if (this.#dropped > 0) {
      const lost = `${this.#dropped} lines of this log were lost, because they could not be written or nobody read them`;
      this.#dropped = 0;
      this.#write('warn', lost, {});
    }
    this.#write(level, sentence, fields);
  }

  #write(level: LogLevel, sentence: string, fields: LogFields): void {
    const { stream, format, wallMs, colour = false } = this.#options;
    const at = new Date(wallMs()).toISOString();
    const told = Object.entries(fields).flatMap(([name, value]): [string, string | number | boolean | null][] =>
      value === undefined ? [] : [[name, typeof value === 'string' ? this.#blot(value) : value]],
    );
    const line =
      format === 'json'
        ? JSON.stringify({ at, level, message: this.#blot(sentence), ...Object.fromEntries(told.map(renamed)) })
        : prettyLine({ at, level, sentence: this.#blot(sentence), fields: told, colour });
    stream.write(`${line}\n`);
  }

  #blot(text: string): string {
    return this.#secrets.reduce((blotted, secret) => blotted.replaceAll(secret, HIDDEN), text);
  }
}

/** How a {@link StreamLog} writes. */
export interface StreamLogOptions {
  readonly stream: Writable;
  readonly format: 'pretty' | 'json';
  /** The chattiest level that is still told. */
  readonly level: LogLevel;
  readonly wallMs: () => number;
  /** Colours the level, for terminals. */
  readonly colour?: boolean;
}

/** A field never takes the place of what every line has. */
function renamed<T>([name, value]: readonly [string, T]): readonly [string, T] {
  return [['at', 'level', 'message'].includes(name) ? `${name}_` : name, value];
}

function prettyLine(options: {
  readonly at: string;
  readonly level: LogLevel;
  readonly sentence: string;
  readonly fields: readonly (readonly [string, string | number | boolean | null])[];
  readonly colour: boolean;
}): string {
  const { at, level, sentence, fields, colour } = options;
  const word = level.padEnd(5);
  const shown = colour ? `\u001b[${COLOURS[level]}m${word}\u001b[0m` : word;
  const tail = fields.map(([name, value]) => ` ${name}=${prettyValue(value)}`).join('');
  return `${at} ${shown} ${onOneLine(sentence)}${tail}`;
}

function prettyValue(value: string | number | boolean | null): string {
  if (typeof value !== 'string') return String(value);
  return PLAIN_VALUE.test(value) ? value : JSON.stringify(value).replace(/\p{Cc}/gu, escaped);
}

/** Control characters as people write them: what an agent prints can neither forge a line nor drive a terminal. */
function onOneLine(text: string): string {
  return text.replace(/\p{Cc}/gu, escaped);
}

function escaped(character: string): string {
  const quoted = JSON.stringify(character).slice(1, -1);
  return quoted === character ? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}` : quoted;
}
