import { expect, test } from 'vitest';
import { describeScriptProblems, parseScript, SCRIPT_FORMS } from '../../../src/cli/lab/parse-script.js';
import type { LabScript } from '../../../src/cli/lab/script.js';

const NAMES = { nodes: ['lb1', 'lb2', 'lb3'], groups: ['web', 'db'] };

function scriptOf(text: string): LabScript {
  const parsed = parseScript(text, NAMES);
  if (parsed.kind === 'problems') throw new Error(describeScriptProblems('x.script', parsed.problems));
  return parsed.script;
}

function eventsOf(text: string): unknown[] {
  return scriptOf(text).lines.map(({ event }) => event);
}

test('every event is read', () => {
  expect(
    eventsOf(`
      kill lb1
      kill-daemon lb1 lb2
      stop lb1
      start lb1
      pause lb2
      resume lb2
      cut lb1
      cut lb1 lb3
      heal
      wait 1.5s
      converge
      converge within 1m
    `),
  ).toEqual([
    { kind: 'kill', nodes: ['lb1'] },
    { kind: 'kill-daemon', nodes: ['lb1', 'lb2'] },
    { kind: 'stop', nodes: ['lb1'] },
    { kind: 'start', nodes: ['lb1'] },
    { kind: 'pause', nodes: ['lb2'] },
    { kind: 'resume', nodes: ['lb2'] },
    { kind: 'cut', node: 'lb1', peer: null },
    { kind: 'cut', node: 'lb1', peer: 'lb3' },
    { kind: 'heal' },
    { kind: 'wait', ms: 1500 },
    { kind: 'converge', withinMs: null },
    { kind: 'converge', withinMs: 60_000 },
  ]);
});

test('an expectation says where and when', () => {
  expect(eventsOf('expect web on lb2\nexpect web on lb2 within 5s\nexpect db nowhere for 2s')).toEqual([
    { kind: 'expect', group: 'web', where: { kind: 'on', node: 'lb2' }, timing: { kind: 'within', ms: 0 } },
    { kind: 'expect', group: 'web', where: { kind: 'on', node: 'lb2' }, timing: { kind: 'within', ms: 5000 } },
    { kind: 'expect', group: 'db', where: { kind: 'nowhere' }, timing: { kind: 'for', ms: 2000 } },
  ]);
});

test('a time stands before its event, with "at" or without', () => {
  const { lines } = scriptOf('at 5s kill lb1\n7s start lb1\n500ms: heal'.replace('\n500ms: heal', '\n8s: heal'));
  expect(lines.map(({ atMs, text }) => [atMs, text])).toEqual([
    [5000, 'kill lb1'],
    [7000, 'start lb1'],
    [8000, 'heal'],
  ]);
});

test('comments and empty lines are nothing, and lines keep their numbers', () => {
  const { lines } = scriptOf('# a story\n\nheal # now\r\n\twait 1s');
  expect(lines.map(({ line, text }) => [line, text])).toEqual([
    [3, 'heal'],
    [4, 'wait 1s'],
  ]);
});

test('a probe says how to ask a group', () => {
  expect(scriptOf('probe web http://127.0.0.1:8080\nprobe db tcp://127.0.0.1:5432 # the database').probes).toEqual([
    { group: 'web', kind: 'http', url: 'http://127.0.0.1:8080/' },
    { group: 'db', kind: 'tcp', url: 'tcp://127.0.0.1:5432' },
  ]);
});

test.each([
  ['kil lb1', 1, 'there is no event "kil"; did you mean "kill"?'],
  ['explode', 1, 'there is no event "explode"'],
  ['kill', 5, '"kill" needs a node'],
  ['kill lb9', 6, 'the spec has no node "lb9"; did you mean "lb1"?'],
  ['at 5 kill lb1', 4, '"at" needs a time with its unit'],
  ['at', 3, '"at" needs a time with its unit'],
  ['at 5s', 6, 'says when, but not what happens'],
  ['wait', 5, '"wait" needs a time with its unit'],
  ['wait soon', 6, '"wait" needs a time with its unit'],
  ['cut lb1 lb1', 9, 'a node cannot be cut from itself'],
  ['cut lb1 lb2 lb3', 13, '"lb3" is one word too many'],
  ['heal lb1', 6, '"lb1" is one word too many'],
  ['expect wep on lb1', 8, 'the spec has no group "wep"; did you mean "web"?'],
  ['expect web at lb1', 12, 'after the group comes "on NODE" or "nowhere"'],
  ['expect web on', 14, '"on" needs a node'],
  ['expect web on lb1 in 5s', 19, '"in" is not understood here; it could be "within 5s" or "for 5s"'],
  ['expect web on lb1 within', 25, '"within" needs a time with its unit'],
  ['converge for 5s', 10, '"converge" takes "within", not "for"'],
  ['probe web ftp://127.0.0.1/', 11, 'a probe asks http://'],
  ['probe web tcp://127.0.0.1', 11, 'a probe asks http://'],
  ['probe web', 10, '"probe" needs a group and a URL'],
  ['at 5s probe web http://127.0.0.1/', 7, 'a probe has no time'],
])('"%s" is a mistake in column %i', (text, column, message) => {
  const parsed = parseScript(text, NAMES);
  expect(parsed.kind === 'problems' ? parsed.problems : []).toEqual([
    expect.objectContaining({ line: 1, column, message: expect.stringContaining(message) }),
  ]);
});

test('times go forward', () => {
  const parsed = parseScript('at 5s kill lb1\nat 4s start lb1', NAMES);
  expect(parsed).toMatchObject({ kind: 'problems', problems: [{ line: 2, column: 4 }] });
});

test('all mistakes are shown at once, with their lines and what is allowed', () => {
  const parsed = parseScript('heal\nkill lb9\n  wiat 5s', NAMES);
  const page = describeScriptProblems('x.script', parsed.kind === 'problems' ? parsed.problems : []);
  expect(page).toContain(
    ['x.script:2:6: the spec has no node "lb9"; did you mean "lb1"?', '   |', ' 2 | kill lb9', '   |      ^^^'].join(
      '\n',
    ),
  );
  expect(page).toContain('x.script:3:3: there is no event "wiat"; did you mean "wait"?');
  for (const [form] of SCRIPT_FORMS) expect(page).toContain(form);
});
