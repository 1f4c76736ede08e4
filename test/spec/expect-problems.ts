/** Specs of tests: only what a test is about is written, and what is found is compared as lines of text. */
import { expect } from 'vitest';
import type { AgentCatalogue, AgentMetadata } from '../../src/model/agent-catalogue.js';
import type { Problem } from '../../src/model/problem.js';
import { decodeSpec } from '../../src/spec/decode-spec.js';
import type { SpecResult } from '../../src/spec/decode-spec.js';

/** What every spec needs and few tests are about. It stands behind the test's own lines, so that those keep their numbers. */
const REST: readonly (readonly [string, string])[] = [
  ['apiVersion', 'apiVersion: fairlead/v1'],
  ['kind', 'kind: Cluster'],
  ['cluster', 'cluster: { name: test }'],
  [
    'nodes',
    [
      'nodes:',
      '  lb1: { addresses: [10.0.1.11], labels: { zone: a } }',
      '  lb2: { addresses: [10.0.1.12], labels: { zone: b } }',
      '  wit: { addresses: [10.0.3.9], role: witness }',
    ].join('\n'),
  ],
];

/** The result for a spec of which only some keys are written. */
export function decodeText(text: string, options: { readonly catalogue?: AgentCatalogue } = {}): SpecResult {
  return decodeSpec([{ file: 'test.yaml', text: completeText(text) }], options);
}

/** A complete spec around what is written. Shape: an empty first line is dropped. */
export function completeText(text: string): string {
  const own = text.replace(/^\n/, '');
  const rest = REST.filter(([key]) => !new RegExp(`^${key}:`, 'm').test(own));
  return [own.replace(/\n$/, ''), ...rest.map(([, lines]) => lines), ''].join('\n');
}

/** Every problem, in order, as `LINE:COLUMN SEVERITY CODE "UNDERLINED": MESSAGE | LABEL | = HELP | = note LINE: WORDS`. */
export function describeProblems(result: SpecResult, texts: Readonly<Record<string, string>>): string[] {
  return (result.kind === 'ok' ? result.warnings : result.problems).map((problem) => describe(problem, texts));
}

/** Compares all that is found in a spec with what is expected; nothing more and nothing less. */
export function expectProblems(
  text: string,
  expected: readonly string[],
  options: { readonly catalogue?: AgentCatalogue } = {},
): void {
  const texts = { 'test.yaml': completeText(text) };
  expect(describeProblems(decodeText(text, options), texts)).toEqual(expected);
}

/** Compares all that is found in several files with what is expected. Shape: places bear the name of the file. */
export function expectProblemsOf(files: Readonly<Record<string, string>>, expected: readonly string[]): void {
  expect(describeProblemsOf(files)).toEqual(expected);
}

/** Every problem of a spec of several files, with the name of the file before it. Shape: an empty first line of a file is dropped. */
export function describeProblemsOf(files: Readonly<Record<string, string>>): string[] {
  const texts = Object.entries(files).map(([file, text]) => ({ file, text: text.replace(/^\n/, '') }));
  const result = decodeSpec(texts);
  const byName = Object.fromEntries(texts.map(({ file, text }) => [file, text]));
  const problems = result.kind === 'ok' ? result.warnings : result.problems;
  return problems.map((problem) => `${problem.place.file}:${describe(problem, byName)}`);
}

/** A catalogue of the agents that a test is about. Shape: null for an agent that is not there. */
export function catalogueOf(agents: Readonly<Record<string, Partial<AgentMetadata> | null>>): AgentCatalogue {
  const known = Object.entries(agents).map(([type, metadata]): [string, AgentMetadata | null] => [
    type,
    metadata === null ? null : { type, declared: true, description: '', parameters: [], actions: [], ...metadata },
  ]);
  return { agents: Object.fromEntries(known), source: 'this machine' };
}

/** A parameter that an agent declares. */
export function parameter(
  name: string,
  traits: Partial<AgentMetadata['parameters'][number]> = {},
): AgentMetadata['parameters'][number] {
  return {
    name,
    required: false,
    unique: false,
    type: 'string',
    default: null,
    deprecated: false,
    description: '',
    ...traits,
  };
}

function describe(problem: Problem, texts: Readonly<Record<string, string>>): string {
  const { code, severity, message, place, length, label, help, notes = [] } = problem;
  const line = texts[place.file]?.split('\n')[place.line - 1] ?? '';
  const underlined = line.slice(place.column - 1, place.column - 1 + length);
  return [
    `${place.line}:${place.column} ${severity} ${code} "${underlined}": ${message}`,
    ...(label === undefined ? [] : [label]),
    ...(help === undefined ? [] : [`= ${help}`]),
    ...notes.map((note) => `= note ${note.place.line}: ${note.message}`),
  ].join(' | ');
}
