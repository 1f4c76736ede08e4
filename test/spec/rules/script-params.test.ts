import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('script-params', () => {
  it('finds a script that does not say what to run', () => {
    expectProblems(
      `
resources:
  a: { type: script }
  b: { type: script, params: { start: [a], monitor: [b] } }
  c: { type: script, params: { run: [a], stop: [b] } }
`,
      [
        '2:3 error script-params "a": resource "a" does not say what to run | `run` is missing | = write `run: [PROGRAM, ARGUMENT]` for a process that stays, or `start`, `stop` and `monitor` together',
        '3:22 error script-params "params": resource "b" does not say what to run | `stop` is missing | = write `run: [PROGRAM, ARGUMENT]` for a process that stays, or `start`, `stop` and `monitor` together',
        '4:42 error script-params "stop": resource "c" has `run` and `stop` | a process that is kept needs no commands to start and stop | = take one of them out',
      ],
    );
  });

  it('finds commands that a shell would have to take apart', () => {
    expectProblems(
      `
resources:
  a: { type: script, params: { run: "node server.mjs --port 80" } }
  b: { type: script, params: { run: [] } }
`,
      [
        '2:37 error script-params ""node server.mjs --port 80"": `run` of resource "a" must be a list of arguments | write [node, server.mjs, --port, 80] | = no shell takes a command apart; where one is wanted, write [sh, -c, "..."]',
        '3:37 error script-params "[]": `run` of resource "b" names no program',
      ],
    );
  });

  it('finds other parameters of the wrong form', () => {
    expectProblems(
      `
resources:
  a:
    type: script
    params: { run: [a], directory: srv, startAfter: 5, stopSignal: KILL, environment: [A=1, "B C"] }
`,
      [
        '4:36 error script-params "srv": `directory` of resource "a" must be an absolute path, and is "srv"',
        '4:53 error script-params "5": `startAfter` of resource "a" must be a duration with its unit, such as 500ms, and is "5"',
        '4:68 error script-params "KILL": `stopSignal` of resource "a" must be TERM, INT, QUIT, HUP, USR1 or USR2, and is "KILL"',
        '4:93 error script-params ""B C"": `environment` of resource "a" is a list of NAME=value, and "B C" is not',
      ],
    );
  });

  it('lets a process that is kept pass, and own commands', () => {
    expectProblems(
      `
resources:
  a: { type: script, params: { run: [node, /srv/app.mjs], monitor: [/srv/check], stopSignal: SIGINT, environment: [A=1] } }
  b: { type: script, params: { start: [a, start], stop: [a, stop], monitor: [a, status] } }
`,
      [],
    );
  });
});
