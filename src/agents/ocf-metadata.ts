/**
 * Reads what an OCF agent declares of itself.
 *
 * Source: OCF resource agent API 1.0 (`unique`) and 1.1 (`unique-group`, `reloadable`, `deprecated`, `version` for that of the API), ra-api-1.dtd; `obsoletes` as fence agents print it; times as Pacemaker reads them: a bare number is seconds.
 */
import { isJsonObject } from '../base/json-object.js';
import type { X2jOptions } from 'fast-xml-parser';
import type { AgentAction, AgentMetadata, AgentParameter } from '../model/agent-catalogue.js';

/** Elements that may stand several times, so that one of them is a list too. */
const LISTS = ['parameter', 'action', 'longdesc', 'shortdesc', 'deprecated', 'replaced-with', 'content'];

const XML_OPTIONS: X2jOptions = {
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  textNodeName: '#text',
  parseAttributeValue: false,
  parseTagValue: false,
  isArray: (name, _path, _isLeaf, isAttribute) => !isAttribute && LISTS.includes(name),
};

const UNITS_MS: Readonly<Record<string, number>> = {
  us: 0.001,
  usec: 0.001,
  ms: 1,
  msec: 1,
  '': 1000,
  s: 1000,
  sec: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  hr: 3_600_000,
};

/**
 * Reads the XML that `meta-data` prints.
 *
 * Shape: null when it is no well-formed description of an agent. The reader of XML is loaded on first use: a daemon that never needs it does not carry it.
 */
export async function readOcfMetadata(type: string, text: string): Promise<AgentMetadata | null> {
  const { XMLParser, XMLValidator } = await import('fast-xml-parser');
  // Some scripts print a word of their own before the answer.
  const xml = text.slice(Math.max(0, text.indexOf('<')));
  if (XMLValidator.validate(xml) !== true) {
    return null;
  }
  const root: unknown = new XMLParser(XML_OPTIONS).parse(xml);
  const agent = childOf(root, 'resource-agent');
  if (!isJsonObject(agent)) {
    return null;
  }
  const parameters = childrenOf(childOf(agent, 'parameters'), 'parameter');
  const ocfVersion = textOf(childOf(agent, 'version')).trim();
  return {
    type,
    declared: true,
    ...(ocfVersion === '' ? {} : { ocfVersion }),
    description: descriptionOf(agent),
    parameters: parameters.flatMap((child) => readParameter(child, parameters) ?? []),
    actions: childrenOf(childOf(agent, 'actions'), 'action').flatMap((child) => readAction(child) ?? []),
  };
}

/**
 * Reads a time of an agent's metadata (`20s`, `20`, `1m`, `500ms`).
 *
 * Shape: whole milliseconds; null when it is none.
 */
export function readOcfTime(text: string): number | null {
  const [, number, unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(text) ?? [];
  const unitMs = UNITS_MS[unit.toLowerCase()];
  return number === undefined || unitMs === undefined ? null : Math.round(Number(number) * unitMs);
}

function readParameter(element: unknown, all: readonly unknown[]): AgentParameter | null {
  const name = attributeOf(element, 'name');
  if (name === null) {
    return null;
  }
  const [content] = childrenOf(element, 'content');
  const uniqueGroup = attributeOf(element, 'unique-group');
  const replacedBy = replacementsOf(element, name, all);
  return {
    name,
    required: isTrue(attributeOf(element, 'required')),
    unique: isTrue(attributeOf(element, 'unique')) || uniqueGroup !== null,
    ...(uniqueGroup === null ? {} : { uniqueGroup }),
    ...(isTrue(attributeOf(element, 'reloadable')) ? { reloadable: true } : {}),
    type: attributeOf(content, 'type') ?? 'string',
    default: attributeOf(content, 'default'),
    deprecated: childrenOf(element, 'deprecated').length > 0 || isTrue(attributeOf(element, 'deprecated')),
    ...(replacedBy.length === 0 ? {} : { replacedBy }),
    description: descriptionOf(element),
  };
}

/** What stands in place of a parameter: it says so itself, or the others say that they make it obsolete. */
function replacementsOf(element: unknown, name: string, all: readonly unknown[]): string[] {
  const own = childrenOf(element, 'deprecated').flatMap((each) => childrenOf(each, 'replaced-with'));
  const others = all.filter((each) => attributeOf(each, 'obsoletes') === name);
  return [...own, ...others].flatMap((each) => attributeOf(each, 'name') ?? []);
}

function readAction(element: unknown): AgentAction | null {
  const name = attributeOf(element, 'name');
  if (name === null) {
    return null;
  }
  return {
    name,
    timeoutMs: timeOf(element, 'timeout'),
    intervalMs: timeOf(element, 'interval'),
    depth: Number.parseInt(attributeOf(element, 'depth') ?? '0', 10) || 0,
  };
}

function timeOf(element: unknown, name: string): number | null {
  const text = attributeOf(element, name);
  return text === null ? null : readOcfTime(text);
}

/** The short description, or the long one where there is none; the first of several languages. */
function descriptionOf(element: unknown): string {
  for (const name of ['shortdesc', 'longdesc']) {
    const text = textOf(childrenOf(element, name)[0]).replace(/\s+/g, ' ').trim();
    if (text !== '') {
      return text;
    }
  }
  return '';
}

function textOf(element: unknown): string {
  if (typeof element === 'string') {
    return element;
  }
  const text = childOf(element, '#text');
  return typeof text === 'string' ? text : '';
}

function childOf(element: unknown, name: string): unknown {
  return isJsonObject(element) ? element[name] : undefined;
}

function childrenOf(element: unknown, name: string): readonly unknown[] {
  const children = childOf(element, name);
  return Array.isArray(children) ? children : children === undefined ? [] : [children];
}

function attributeOf(element: unknown, name: string): string | null {
  const value = childOf(element, `@${name}`);
  return typeof value === 'string' ? value : null;
}

function isTrue(value: string | null): boolean {
  return value !== null && ['1', 'true', 'yes', 'on'].includes(value.toLowerCase());
}
