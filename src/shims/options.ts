/**
 * Reads command lines of Pacemaker's tools.
 *
 * Source: the manual pages of Pacemaker 2.1. Values may begin with a dash (`-v -INFINITY`), short options may stand together (`-1X`).
 */
import { parseArgs } from 'node:util';
import { SHIM_EXIT, ShimFailure } from './shim.js';

/** An option of a tool: its long name, the letter for it, and whether a value follows. */
export type ShimOption = readonly [name: string, letters: string, kind: 'switch' | 'value'];

/** What was given: switches as an empty text. */
export type Given = ReadonlyMap<string, string>;

/**
 * The options that were given, by their long names; the last one counts.
 *
 * Errors: throws a {@link ShimFailure} for an option that the tool does not have here, or whose value is missing.
 */
export function readOptions(args: readonly string[], known: readonly ShimOption[]): Given {
  const options: Record<string, { type: 'string' | 'boolean'; short?: string }> = {};
  for (const [name, letters, kind] of known) {
    const type = kind === 'value' ? 'string' : 'boolean';
    options[name] = { type };
    // Each further letter goes by a name of its own, which is the option's with the letter behind it.
    for (const letter of letters) options[`${name} ${letter}`] = { type, short: letter };
  }
  const { tokens } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true });
  const given = new Map<string, string>();
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const option = options[token.name];
    if (option === undefined) throw new ShimFailure(SHIM_EXIT.usage, `"${token.rawName}" is not done here`);
    if (option.type === 'string' && token.value === undefined)
      throw new ShimFailure(SHIM_EXIT.usage, `"${token.rawName}" needs a value`);
    given.set(token.name.split(' ')[0] ?? token.name, token.value ?? '');
  }
  return given;
}

/** The value of an option that is needed. */
export function needed(given: Given, name: string): string {
  const value = given.get(name);
  if (value === undefined || value === '') throw new ShimFailure(SHIM_EXIT.usage, `"--${name}" is needed`);
  return value;
}
