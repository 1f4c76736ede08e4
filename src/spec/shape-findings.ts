/** Says in words what is wrong with the shape of a spec: one finding for one mistake. */
import { isJsonObject } from '../base/json-object.js';
import { parseDuration } from '../base/duration.js';
import type { ShapeError } from './decode-shape.js';
import { describePath } from './describe-path.js';
import type { CodedFinding } from './finding.js';
import { ourWordFor } from './foreign-words.js';
import type { SourceIndex } from './source-index.js';
import { didYouMean } from './suggest.js';
import type { Suggest } from './suggest.js';
import { exactDuration } from './written-duration.js';

interface Telling {
  readonly source: SourceIndex;
  readonly suggest: Suggest;
}

type Words = Pick<CodedFinding, 'code' | 'message' | 'label' | 'help'>;

/** Keys that are listed to choose from when none comes near what was written. */
const KEYS_LISTED_MAX = 20;

/** The findings of the errors. */
export function shapeFindings(errors: readonly ShapeError[], telling: Telling): CodedFinding[] {
  const essential = essentialErrors(errors);
  const foreign = foreignFile(essential, telling);
  if (foreign !== null) return [foreign];
  const misspelt = new Set(
    essential.flatMap((error) => {
      const meant = error.keyword === 'additionalProperties' ? meantKey(error, telling.suggest) : null;
      return meant === null ? [] : [keyOf([...error.path, meant])];
    }),
  );
  const outdented = new Map(essential.map((error) => [error, outdentedBelow(error, essential)]));
  const told = new Set([...outdented.values()].flat());
  return essential
    .filter(
      (error) =>
        !told.has(error) &&
        (error.keyword !== 'required' || !misspelt.has(keyOf([...error.path, textOf(error.params.missingProperty)]))),
    )
    .map((error) => ({
      severity: 'error',
      at: markOf(error, telling.source),
      ...wordsOf(error, telling),
      ...indentHelp(error, outdented.get(error) ?? []),
    }));
}

/** One finding for a file that was meant for another program: of its keys, none comes near one that a spec has. */
function foreignFile(errors: readonly ShapeError[], { source, suggest }: Telling): CodedFinding | null {
  const unknown = errors.filter(({ keyword, path }) => keyword === 'additionalProperties' && path.length === 0);
  const [first] = unknown;
  const keys = first !== undefined && isJsonObject(first.value) ? Object.keys(first.value) : [];
  if (first === undefined || unknown.length < keys.length) return null;
  if (keys.some((key) => suggest(key, knownKeys(first)) !== null || ourWordFor(key) !== null)) return null;
  return {
    code: 'unknown-key',
    severity: 'error',
    message: 'this is no spec: none of its keys is one that a spec has',
    at: markOf(first, source),
    help: 'begin with `apiVersion: fairlead/v1` and `kind: Cluster`',
  };
}

/** Errors of what stands beside something empty and bears the name of one of its keys: lines that should be indented. */
function outdentedBelow(error: ShapeError, all: readonly ShapeError[]): readonly ShapeError[] {
  if (error.keyword !== 'type' || error.value !== null || error.path.length === 0) return [];
  const keys = knownKeys(error);
  const parent = keyOf(error.path.slice(0, -1));
  return all.filter(
    ({ keyword, path }) =>
      keyword === 'type' && keyOf(path.slice(0, -1)) === parent && keys.includes(path.at(-1) ?? ''),
  );
}

function indentHelp(error: ShapeError, below: readonly ShapeError[]): { readonly help?: string } {
  if (below.length === 0) return {};
  const keys = listed(below.map(({ path }) => `"${path.at(-1) ?? ''}"`)).replace(/ or (?=[^ ]*$)/, ' and ');
  return { help: `indent ${keys} below it, if that belongs to "${error.path.at(-1) ?? ''}"` };
}

/**
 * The errors without those that only follow from others.
 *
 * Where one of several forms is expected, what is wrong with each of them is one mistake, unless a map is one of them and a map is written: then it is what is wrong with that. A bad key
 * is told once, by what is wrong with it.
 */
export function essentialErrors(errors: readonly ShapeError[]): ShapeError[] {
  const maps = mapsAmongForms(errors);
  const enums = errors.filter(({ keyword }) => keyword === 'enum').map(({ path }) => keyOf(path));
  const alternatives = errors
    .filter((error) => error.keyword === 'anyOf' && !maps.has(keyOf(error.path)))
    .map((error) => keyOf(error.path));
  const seen = new Set<string>();
  return errors.filter((error) => {
    if (error.keyword === 'propertyNames') return false;
    const path = keyOf(error.path);
    if (maps.has(path) && (error.keyword === 'anyOf' || error.keyword === 'type')) return false;
    // A value that is not among those allowed need not be of another type; nothing at all is empty.
    if (error.value === null ? error.keyword === 'enum' : error.keyword === 'type' && enums.includes(path))
      return false;
    if (error.keyword !== 'anyOf' && alternatives.some((each) => path === each || path.startsWith(`${each}\n`)))
      return false;
    const mistake = `${path}\0${error.name ?? ''}\0${error.keyword}\0${String(error.params.additionalProperty ?? error.params.missingProperty ?? '')}`;
    if (seen.has(mistake)) return false;
    seen.add(mistake);
    return true;
  });
}

/** The paths at which a map is written that is one of several forms, and something is wrong inside it. */
function mapsAmongForms(errors: readonly ShapeError[]): ReadonlySet<string> {
  const written = errors.filter(({ keyword, value }) => keyword === 'anyOf' && isJsonObject(value));
  const choices = new Set(written.map(({ path }) => keyOf(path)));
  const around = errors.map(({ keyword, path }) => keyOf(OF_A_MAP.includes(keyword) ? path : path.slice(0, -1)));
  return new Set(around.filter((path) => choices.has(path)));
}

const OF_A_MAP = ['additionalProperties', 'minProperties', 'maxProperties'];

function keyOf(path: readonly string[]): string {
  return path.join('\n');
}

function markOf(error: ShapeError, source: SourceIndex) {
  const { path, name, keyword, params } = error;
  if (name !== null) return source.key(...path, name);
  if (keyword === 'additionalProperties') return source.key(...path, textOf(params.additionalProperty));
  // A value that is not written has no place of its own.
  return keyword === 'required' || error.value === null ? source.key(...path) : source.value(...path);
}

function wordsOf(error: ShapeError, telling: Telling): Words {
  const { path, keyword, params, schema, value } = error;
  const subject = describePath(path);
  if (error.name !== null) {
    const message = `"${error.name}" cannot be the name of ${nameOfKind(path)}`;
    return { code: 'bad-name', message, ...labelOf(schema.patternErrorMessage) };
  }
  switch (keyword) {
    case 'additionalProperties':
      return unknownKey(error, telling.suggest);
    case 'required': {
      const missing = textOf(params.missingProperty);
      const holder = describePath(path);
      return { code: 'missing-key', message: `"${missing}" of ${holder} is missing`, help: `add \`${missing}:\`` };
    }
    case 'type':
      return wrongType(error, telling.source.text(...path));
    case 'enum': {
      const allowed = Array.isArray(params.allowedValues) ? params.allowedValues.map(textOf) : [];
      const meant = telling.suggest(textOf(value), allowed);
      const label = meant === null ? { label: `write ${listed(allowed)}` } : didYouMean(meant);
      return {
        code: 'not-allowed',
        message: `${subject} cannot be "${textOf(value)}"`,
        ...label,
        ...helpOf(meant, allowed),
      };
    }
    case 'pattern':
      return badFormat(error);
    case 'minimum':
    case 'maximum': {
      const bound = `at ${keyword === 'minimum' ? 'least' : 'most'} ${textOf(params.limit)}`;
      return { code: 'out-of-range', message: `${subject} is ${textOf(value)}, and must be ${bound}` };
    }
    case 'anyOf':
      return { code: 'wrong-type', message: `${subject} is ${shown(value)}`, ...labelOf(schema.errorMessage) };
    default:
      return wrongCount(error);
  }
}

function unknownKey(error: ShapeError, suggest: Suggest): Words {
  const key = textOf(error.params.additionalProperty);
  const known = knownKeys(error);
  const meant = meantKey(error, suggest);
  const message = `${describePath(error.path)} has no key "${key}"`;
  if (meant !== null) return { code: 'unknown-key', message, ...didYouMean(meant) };
  const ours = ourWordFor(key);
  if (ours !== null) return { code: 'unknown-key', message, help: ours };
  return known.length > KEYS_LISTED_MAX
    ? { code: 'unknown-key', message }
    : { code: 'unknown-key', message, help: `its keys are ${known.join(', ')}` };
}

/** The key that was probably meant, of those that are not written beside it. */
export function meantKey(error: ShapeError, suggest: Suggest): string | null {
  const present = isJsonObject(error.value) ? error.value : {};
  const free = knownKeys(error).filter((each) => !Object.hasOwn(present, each));
  return suggest(textOf(error.params.additionalProperty), free);
}

function knownKeys({ schema }: ShapeError): string[] {
  return isJsonObject(schema.properties) ? Object.keys(schema.properties) : [];
}

/** Shape: `written` is the value as it stands in the text; 1.10 and 012 are other numbers. */
function wrongType(error: ShapeError, written: string): Words {
  const { params, schema, value } = error;
  const subject = describePath(error.path);
  if (value === null) {
    return { code: 'wrong-type', message: `${subject} is empty`, help: 'give it a value, or leave the key out' };
  }
  const types = (Array.isArray(params.type) ? params.type : [params.type]).map(textOf);
  if (isDuration(schema) && typeof value === 'number') return withoutUnit(error, String(value));
  if (typeof value === 'number' && isPercentage(schema)) return withoutPercentSign(error, String(value));
  if (typeof schema.errorMessage === 'string') {
    return {
      code: 'wrong-type',
      message: `${subject} is ${shown(value)}`,
      label: schema.errorMessage,
      ...secretHelp(value),
    };
  }
  const message = `${subject} must be ${listed(types.map(nameOfType))}, and is ${shown(value)}`;
  if (types.includes('string') && (typeof value === 'number' || typeof value === 'boolean')) {
    const quoted = written === '' ? String(value) : written;
    const helps = typeof schema.pattern !== 'string' || new RegExp(schema.pattern).test(quoted);
    const label = helps ? `write it in quotes: "${quoted}"` : textOf(schema.patternErrorMessage);
    return { code: 'wrong-type', message, label };
  }
  if (types.includes('array') && typeof value === 'string')
    return { code: 'wrong-type', message, label: asList(value, schema.items) };
  if (isJsonObject(value) && Object.keys(value).some((key) => /^[0-9a-f:]*:$/i.test(key))) {
    return { code: 'wrong-type', message, label: 'an IPv6 address that ends in "::" must be in quotes' };
  }
  if (types.includes('array') && isJsonObject(value) && isJsonObject(schema.items) && schema.items.type === 'object')
    return { code: 'wrong-type', message, label: 'write it as one entry of a list: [{ ... }]' };
  if (types.includes('integer') && typeof value === 'string' && /^[0-9]+$/.test(value))
    return { code: 'wrong-type', message, label: `write it without quotes: ${value}` };
  return { code: 'wrong-type', message, ...(types.includes('object') ? asMap(error) : {}) };
}

/** What to write instead of a text where a map needs one key, or else the keys that it may have. */
function asMap(error: ShapeError): { readonly label?: string; readonly help?: string } {
  const { schema, value } = error;
  const keys = knownKeys(error);
  const [needed, ...others] = Array.isArray(schema.required) ? schema.required.map(textOf) : [];
  if (needed !== undefined && others.length === 0 && typeof value === 'string') {
    const kind = isJsonObject(schema.properties) ? schema.properties[needed] : undefined;
    const isList = isJsonObject(kind) && kind.type === 'array';
    return { label: `write { ${needed}: ${isList ? `[${value}]` : value} }` };
  }
  return keys.length === 0 || keys.length > KEYS_LISTED_MAX ? {} : { help: `its keys are ${keys.join(', ')}` };
}

/** What to write instead of a text, for a list of what it says. */
function asList(text: string, items: unknown): string {
  if (isJsonObject(items) && items.type === 'object') {
    const [key] = isJsonObject(items.properties) ? Object.keys(items.properties) : [];
    return key === undefined ? 'write [{ ... }]' : `write [{ ${key}: ${text} }]`;
  }
  // Only a shell knows where words in quotes end.
  return /["']/.test(text) ? 'write each word as an entry: [a, b]' : `write [${text.split(/[\s,]+/).join(', ')}]`;
}

function badFormat(error: ShapeError): Words {
  const { schema } = error;
  const text = textOf(error.value);
  const subject = describePath(error.path);
  if (/^[0-9]+(\.[0-9]+)?$/.test(text)) {
    if (isDuration(schema)) return withoutUnit(error, text);
    if (isPercentage(schema)) return withoutPercentSign(error, text);
  }
  return {
    code: 'bad-format',
    message: `${subject} cannot be "${text}"`,
    ...labelOf(schema.patternErrorMessage),
    ...durationHelp(schema, text),
  };
}

function withoutUnit({ path, schema }: ShapeError, text: string): Words {
  const message = `${describePath(path)} is ${text} without a unit`;
  const meant = ['ms', 's', 'm'].map((unit) => `${text}${unit}`).filter((each) => (parseDuration(each) ?? 0) > 0);
  const label = meant.length > 0 ? { label: `write ${listed(meant)}` } : labelOf(schema.patternErrorMessage);
  return { code: 'duration-without-unit', message, ...label };
}

function withoutPercentSign({ path, schema }: ShapeError, text: string): Words {
  const message = `${describePath(path)} is ${text} without a percent sign`;
  const isRight = new RegExp(textOf(schema.pattern)).test(`${text}%`);
  const label = isRight ? { label: `write ${text}%` } : labelOf(schema.patternErrorMessage);
  return { code: 'bad-format', message, ...label };
}

function durationHelp(schema: ShapeError['schema'], text: string): { readonly help?: string } {
  if (!isDuration(schema)) return {};
  const parts = /^([0-9.]+(ms|s|m|h|d)){2,}$/.test(text) ? (text.match(/[0-9.]+[a-z]+/g) ?? []) : [];
  if (parts.length > 0) {
    const sumMs = parts.reduce((sum, part) => sum + (parseDuration(part) ?? Number.NaN), 0);
    return Number.isNaN(sumMs) ? {} : { help: `write ${exactDuration(sumMs)}` };
  }
  const [, number, unit] = /^([0-9.]+)\s*([a-z]+)$/i.exec(text) ?? [];
  const known = [
    ['ms', /^m(illi)?s/i],
    ['s', /^s(ec)?/i],
    ['m', /^min/i],
    ['h', /^h/i],
    ['d', /^d/i],
  ] as const;
  const meant = unit === undefined ? undefined : known.find(([, form]) => form.test(unit))?.[0];
  const duration = `${number ?? ''}${meant ?? ''}`;
  return meant !== undefined && parseDuration(duration) !== undefined ? { help: `write ${duration}` } : {};
}

function wrongCount(error: ShapeError): Words {
  const { keyword, params } = error;
  const subject = describePath(error.path);
  const limit = textOf(params.limit);
  const isLeast = keyword === 'minItems' || keyword === 'minProperties';
  const count = isLeast ? `at least ${limit}` : `at most ${limit}`;
  const what = keyword === 'minItems' || keyword === 'maxItems' ? 'entry' : 'key';
  const number = Array.isArray(error.value)
    ? error.value.length
    : isJsonObject(error.value)
      ? Object.keys(error.value).length
      : 0;
  const plural = limit === '1' ? what : what === 'entry' ? 'entries' : 'keys';
  return { code: 'wrong-count', message: `${subject} must have ${count} ${plural}, and has ${number}` };
}

function helpOf(meant: string | null, allowed: readonly string[]): { readonly help?: string } {
  return meant === null || allowed.length === 1 ? {} : { help: `it can be ${listed(allowed)}` };
}

function secretHelp(value: unknown): { readonly help?: string } {
  const isSecret = isJsonObject(value) && (Object.hasOwn(value, 'file') || Object.hasOwn(value, 'env'));
  return isSecret
    ? { help: 'this version reads no secrets into parameters of resources; give the agent a file of its own' }
    : {};
}

function isDuration(schema: ShapeError['schema']): boolean {
  return typeof schema.pattern === 'string' && schema.pattern.endsWith('(ms|s|m|h|d)$');
}

function isPercentage(schema: ShapeError['schema']): boolean {
  return typeof schema.pattern === 'string' && schema.pattern.endsWith('%$');
}

function labelOf(words: unknown): { readonly label?: string } {
  return typeof words === 'string' ? { label: words } : {};
}

/** What kind of thing a map names. */
function nameOfKind(path: readonly string[]): string {
  const kinds: Readonly<Record<string, string>> = {
    nodes: 'a node',
    pings: 'a ping',
    checks: 'a check',
    groups: 'a group',
    resources: 'a resource',
    devices: 'a fence device',
    params: 'a parameter',
    alerts: 'a receiver of alerts',
    headers: 'a header',
    labels: 'a label',
  };
  return kinds[path.at(-1) ?? ''] ?? 'a key';
}

function nameOfType(type: string): string {
  const names: Readonly<Record<string, string>> = {
    string: 'text',
    integer: 'a whole number',
    number: 'a number',
    boolean: 'true or false',
    array: 'a list',
    object: 'a map',
  };
  return names[type] ?? type;
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (isJsonObject(value)) return 'a map';
  if (typeof value === 'string') return value.length > 40 ? 'text' : `the text "${value}"`;
  return value === null ? 'empty' : textOf(value);
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
