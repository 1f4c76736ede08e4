/** Reads a lab's script, or says what is wrong with every line of it. */
import { parseDuration } from '../../base/duration.js';
import { suggester } from '../../spec/suggest.js';
import type { Expected, LabEvent, LabScript, ProbeTarget, ScriptLine, Timing } from './script.js';

/** The names that a script may use. */
export interface ScriptNames {
  readonly nodes: readonly string[];
  readonly groups: readonly string[];
}

/** Something wrong with a script. Shape: `line` and `column` count from 1, `length` is what to underline. */
export interface ScriptProblem {
  readonly line: number;
  readonly column: number;
  readonly length: number;
  readonly message: string;
  readonly source: string;
}

/** A script, or every problem of it. */
export type ParsedScript =
  | { readonly kind: 'script'; readonly script: LabScript }
  | { readonly kind: 'problems'; readonly problems: readonly ScriptProblem[] };

/** Every form of a line, with what it does. */
export const SCRIPT_FORMS: readonly (readonly [string, string])[] = [
  ['kill NODE...', 'the host crashes: its daemon and services end at once, what it had in memory is lost'],
  ['kill-daemon NODE...', 'the daemon alone is killed, its services run on'],
  ['stop NODE...', 'the daemon hands everything over and ends'],
  ['start NODE...', 'the node comes back'],
  ['pause NODE...', 'the whole host stands still, as a suspended machine does'],
  ['resume NODE...', 'it goes on'],
  ['cut NODE [NODE]', 'nothing passes any more between the node and all others, or between the two'],
  ['heal', 'everything passes again'],
  ['wait DURATION', 'nothing happens for a while'],
  ['converge [within DURATION]', 'waits until the cluster is at rest'],
  ['expect GROUP on NODE [within DURATION | for DURATION]', 'the group runs there now, soon, or all the time'],
  ['expect GROUP nowhere [within DURATION | for DURATION]', 'the group runs nowhere'],
  ['probe GROUP URL', 'how to ask whether the group serves: http://127.0.0.1:8080/ or tcp://127.0.0.1:5432'],
];

/** A word of a line with the column at which it begins. */
interface Word {
  readonly text: string;
  readonly column: number;
}

/** A problem without its line; thrown and caught within this file. */
class Complaint extends Error {
  constructor(
    readonly word: Word,
    message: string,
  ) {
    super(message);
  }
}

/** Parses a whole script. */
export function parseScript(text: string, names: ScriptNames): ParsedScript {
  const problems: ScriptProblem[] = [];
  const probes: ProbeTarget[] = [];
  const lines: ScriptLine[] = [];
  let lastAtMs = 0;
  for (const [index, source] of text.split(/\r?\n/).entries()) {
    const words = wordsOf(source);
    if (words.length === 0) continue;
    try {
      const parsed = parseLine(words, names);
      if (parsed.kind === 'probe') {
        probes.push(parsed.probe);
        continue;
      }
      const { at, event, eventWords } = parsed;
      if (at !== null && at.ms < lastAtMs) {
        throw new Complaint(at.word, 'this is earlier than a line before it; lines are played from the top');
      }
      lastAtMs = at?.ms ?? lastAtMs;
      const shown = eventWords.map((word) => word.text).join(' ');
      lines.push({ line: index + 1, atMs: at?.ms ?? null, text: shown, event });
    } catch (error) {
      if (!(error instanceof Complaint)) throw error;
      const { column, text: wrong } = error.word;
      problems.push({ line: index + 1, column, length: Math.max(1, wrong.length), message: error.message, source });
    }
  }
  return problems.length === 0 ? { kind: 'script', script: { probes, lines } } : { kind: 'problems', problems };
}

/** The problems with their lines, and the forms that a line may have. */
export function describeScriptProblems(file: string, problems: readonly ScriptProblem[]): string {
  const shown = problems.map(({ line, column, length, message, source }) => {
    const number = String(line);
    const blank = ' '.repeat(number.length);
    return [
      `${file}:${line}:${column}: ${message}`,
      ` ${blank} |`,
      ` ${number} | ${source.replaceAll('\t', ' ')}`,
      ` ${blank} | ${' '.repeat(column - 1)}${'^'.repeat(length)}`,
    ].join('\n');
  });
  const width = Math.max(...SCRIPT_FORMS.map(([form]) => form.length)) + 2;
  const forms = SCRIPT_FORMS.map(([form, does]) => `  ${form.padEnd(width)}${does}`);
  return [
    ...shown,
    '',
    'A line is one of these, after `at DURATION` if it has its time, which counts from the first rest of the cluster; `#` begins a comment:',
    ...forms,
    '',
  ].join('\n');
}

function wordsOf(source: string): Word[] {
  const plain = source.replace(/(^|\s)#.*$/, '$1');
  return [...plain.matchAll(/\S+/g)].map((match) => ({ text: match[0], column: match.index + 1 }));
}

type ParsedLine =
  | { readonly kind: 'probe'; readonly probe: ProbeTarget }
  | {
      readonly kind: 'event';
      readonly at: { readonly word: Word; readonly ms: number } | null;
      readonly event: LabEvent;
      readonly eventWords: readonly Word[];
    };

function parseLine(words: readonly Word[], names: ScriptNames): ParsedLine {
  const [first, second] = words;
  const hasAt = first?.text === 'at';
  const timeWord = hasAt ? second : first;
  const ms = timeWord === undefined ? undefined : parseDuration(timeWord.text.replace(/:$/, ''));
  if (hasAt && (timeWord === undefined || ms === undefined)) {
    throw new Complaint(timeWord ?? endOf(words), '"at" needs a time with its unit, such as `at 5s`');
  }
  const at = timeWord === undefined || ms === undefined ? null : { word: timeWord, ms };
  const eventWords = words.slice(at === null ? 0 : hasAt ? 2 : 1);
  const [verb, ...rest] = eventWords;
  if (verb === undefined) throw new Complaint(endOf(words), 'this line says when, but not what happens');
  if (verb.text === 'probe') {
    if (at !== null) throw new Complaint(verb, 'a probe has no time: it asks from the start to the end');
    return { kind: 'probe', probe: parseProbe({ verb, words: rest, names }) };
  }
  return { kind: 'event', at, event: parseEvent({ verb, words: rest, names }), eventWords };
}

interface Sentence {
  readonly verb: Word;
  readonly words: readonly Word[];
  readonly names: ScriptNames;
}

function parseEvent({ verb, words, names }: Sentence): LabEvent {
  switch (verb.text) {
    case 'kill':
    case 'kill-daemon':
    case 'stop':
    case 'start':
    case 'pause':
    case 'resume': {
      if (words.length === 0) throw new Complaint(endOf([verb]), `"${verb.text}" needs a node`);
      return { kind: verb.text, nodes: words.map((word) => nameIn(word, names.nodes, 'node')) };
    }
    case 'cut': {
      const [node, peer, ...more] = words;
      if (node === undefined) throw new Complaint(endOf([verb]), '"cut" needs a node');
      refuseMore(more);
      const ids = {
        node: nameIn(node, names.nodes, 'node'),
        peer: peer === undefined ? null : nameIn(peer, names.nodes, 'node'),
      };
      if (peer !== undefined && ids.peer === ids.node) throw new Complaint(peer, 'a node cannot be cut from itself');
      return { kind: 'cut', ...ids };
    }
    case 'heal':
      refuseMore(words);
      return { kind: 'heal' };
    case 'wait': {
      const [time, ...more] = words;
      refuseMore(more);
      return { kind: 'wait', ms: durationIn(time, verb) };
    }
    case 'converge': {
      const timing = parseTiming(words);
      if (timing?.kind === 'for') throw new Complaint(words[0] ?? verb, '"converge" takes "within", not "for"');
      return { kind: 'converge', withinMs: timing?.ms ?? null };
    }
    case 'expect':
      return parseExpect({ verb, words, names });
    default: {
      const verbs = [...new Set(SCRIPT_FORMS.map(([form]) => form.split(' ')[0] ?? ''))];
      const near = suggester()(verb.text, verbs);
      throw new Complaint(verb, `there is no event "${verb.text}"${near === null ? '' : `; did you mean "${near}"?`}`);
    }
  }
}

function parseExpect({ verb, words, names }: Sentence): LabEvent {
  const [groupWord, where, ...rest] = words;
  if (groupWord === undefined) throw new Complaint(endOf([verb]), '"expect" needs a group');
  const group = nameIn(groupWord, names.groups, 'group');
  if (where?.text === 'nowhere') {
    return { kind: 'expect', group, where: { kind: 'nowhere' }, timing: parseTiming(rest) ?? AT_ONCE };
  }
  if (where?.text !== 'on') {
    throw new Complaint(where ?? endOf([groupWord]), 'after the group comes "on NODE" or "nowhere"');
  }
  const [node, ...timing] = rest;
  if (node === undefined) throw new Complaint(endOf([where]), '"on" needs a node');
  const expected: Expected = { kind: 'on', node: nameIn(node, names.nodes, 'node') };
  return { kind: 'expect', group, where: expected, timing: parseTiming(timing) ?? AT_ONCE };
}

const AT_ONCE: Timing = { kind: 'within', ms: 0 };

function parseTiming(words: readonly Word[]): Timing | null {
  const [word, time, ...more] = words;
  if (word === undefined) return null;
  if (word.text !== 'within' && word.text !== 'for') {
    throw new Complaint(word, `"${word.text}" is not understood here; it could be "within 5s" or "for 5s"`);
  }
  refuseMore(more);
  return { kind: word.text, ms: durationIn(time, word) };
}

function parseProbe({ verb, words, names }: Sentence): ProbeTarget {
  const [groupWord, urlWord, ...more] = words;
  if (groupWord === undefined || urlWord === undefined) {
    throw new Complaint(endOf([verb, ...words]), '"probe" needs a group and a URL');
  }
  refuseMore(more);
  const group = nameIn(groupWord, names.groups, 'group');
  const url = URL.canParse(urlWord.text) ? new URL(urlWord.text) : null;
  if (url?.protocol === 'http:') return { group, kind: 'http', url: url.href };
  if (url?.protocol === 'tcp:' && url.port !== '') return { group, kind: 'tcp', url: url.href };
  throw new Complaint(urlWord, 'a probe asks http://ADDRESS:PORT/PATH or tcp://ADDRESS:PORT');
}

function nameIn(word: Word, known: readonly string[], what: 'node' | 'group'): string {
  if (known.includes(word.text)) return word.text;
  const near = suggester()(word.text, known);
  const help = near === null ? `it has ${known.slice(0, 10).join(', ')}` : `did you mean "${near}"?`;
  throw new Complaint(word, `the spec has no ${what} "${word.text}"; ${help}`);
}

function durationIn(word: Word | undefined, after: Word): number {
  const ms = word === undefined ? undefined : parseDuration(word.text);
  if (ms === undefined) {
    throw new Complaint(word ?? endOf([after]), `"${after.text}" needs a time with its unit, such as 500ms, 5s or 1m`);
  }
  return ms;
}

function refuseMore(words: readonly Word[]): void {
  const [first] = words;
  if (first !== undefined) throw new Complaint(first, `"${first.text}" is one word too many`);
}

function endOf(words: readonly Word[]): Word {
  const last = words.at(-1);
  return last === undefined ? { text: '', column: 1 } : { text: '', column: last.column + last.text.length };
}
