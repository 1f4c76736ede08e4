import { describe, expect, it } from 'vitest';
import { checkQuiet } from './check-quiet.js';
import { printViolation, readSources } from './source.js';

/** The words that are refused in a file of the planner with this text. */
function refused(text: string, path = 'src/planner/place.ts'): string[] {
  return checkQuiet([{ path, text }]).map(({ sentence }) => /"(.*?)"/.exec(sentence)?.[1] ?? sentence);
}

describe('the project', () => {
  it('S9 has no clock, chance, promise or Node in its quiet wing', () => {
    expect(checkQuiet(readSources('src', ['.ts'])).map(printViolation)).toEqual([]);
  });
});

describe('the quiet wing', () => {
  it.each([
    ['export const at = Date.now();', ['Date']],
    ['export const at = new Date(0);', ['Date']],
    ['export const roll = Math.random();', ['Math.random']],
    ["export const roll = Math['random']();", ['Math.random']],
    ['const { random } = Math; export const roll = random();', ['Math.random']],
    ["export const order = 'a'.localeCompare('b');", ['localeCompare']],
    ['export const text = (1).toLocaleString();', ['toLocaleString']],
    ['export const mode = process.env;', ['process']],
    ['export const bytes = Buffer.alloc(1);', ['Buffer']],
    ['export type Later = Promise<string>;', ['Promise']],
    ['export async function later() {}', ['async']],
    ['setTimeout(() => undefined, 1);', ['setTimeout']],
    ['console.log(1);', ['console']],
    ['export const all = { console };', ['console']],
    ['export const now = globalThis.performance;', ['globalThis']],
    ['export const text = new Intl.Collator();', ['Intl']],
    ["export const late = import('./a.js');", ['import()']],
    ['export const here = import.meta.url;', ['import.meta']],
    ['declare const process: { readonly pid: number };', ['declare']],
  ])('refuses %s', (text, words) => {
    expect(refused(text)).toEqual(words);
  });

  it('says on which line', () => {
    expect(checkQuiet([{ path: 'src/base/a.ts', text: '\n\nconsole.log(1);' }])[0]?.line).toBe(3);
  });

  it.each([
    'export interface Part { readonly process: string; readonly Date: number }',
    'export const part = { process: 1, console: 2 };',
    'export function follow(process: string) { return process.length; }',
    'export const floor = Math.floor(1.5);',
    '// await a Promise until Date.now() passes',
    'export function* walk() { yield 1; }',
    "export const word = 'process';",
    'export function read(part: { readonly process: string }) { return part.process; }',
  ])('lets pass %s', (text) => {
    expect(refused(text)).toEqual([]);
  });

  it('does not bind the workshop or the ports', () => {
    const text = 'export const at = async () => Date.now();';
    expect(refused(text, 'src/host/clock.ts')).toEqual([]);
    expect(refused('export type Read = () => Promise<string>;', 'src/ports/files.ts')).toEqual([]);
  });
});
