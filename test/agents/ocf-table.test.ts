/**
 * The table of exit codes in docs/agents.md, cell by cell, by a script that exits so: what is written there is what the daemon is told.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createAgentRunner } from '../../src/agents/agent-runner.js';
import type { OperationAction, Outcome } from '../../src/model/operation.js';
import type { AgentRunner } from '../../src/ports/agent-runner.js';
import { freshFolder, writeScript } from './harness/folder.js';
import { operation, rememberingLog, resource } from './harness/operation.js';

/** Exits as its parameter says when the action is the one that is asked about; otherwise it does not run. */
const SCRIPT = `#!/bin/sh
[ "$1" = "$OCF_RESKEY_on" ] || exit 7
echo "ocf-exit-reason:the reason of $OCF_RESKEY_code" >&2
[ "$OCF_RESKEY_code" = signal ] && kill -9 $$
exit "$OCF_RESKEY_code"
`;

let folder: ReturnType<typeof freshFolder>;
let runner: AgentRunner;
let log: ReturnType<typeof rememberingLog>;
beforeAll(() => {
  folder = freshFolder();
  log = rememberingLog();
  writeScript(join(folder.path, 'resource.d/test/thing'), SCRIPT);
  runner = createAgentRunner({ node: 'lb1', stateDir: join(folder.path, 'run'), log, ocfRoot: folder.path });
});
afterAll(() => {
  runner.close();
  folder.remove();
});

const ACTIONS: readonly OperationAction[] = ['monitor', 'probe', 'start', 'stop'];

/** Rows of the table: the codes, and for each action what is written of it. */
function readTable(): (readonly [code: string, ...cells: string[]])[] {
  const page = readFileSync(new URL('../../docs/agents.md', import.meta.url), 'utf8');
  const from = page.indexOf('| exit code | monitor | probe | start | stop |');
  const rows = page.slice(from).split('\n\n')[0]?.split('\n').slice(2) ?? [];
  return rows.flatMap((row) => {
    const [head = '', ...cells] = row
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim().replaceAll('*', ''));
    const codes = head.startsWith('any other') ? ['42', 'signal'] : (/^[\d, ]+/.exec(head)?.[0].split(',') ?? []);
    return codes.map((code) => [code.trim(), ...cells] as const);
  });
}

/** An outcome in the words of the table. */
function words(outcome: Outcome, action: OperationAction): string {
  if (outcome.kind === 'failed') return `failed, ${outcome.class}`;
  return outcome.kind === 'done' && action === 'stop' ? 'done, then looked at' : outcome.kind;
}

it('has every code that has a name, and the rest', () => {
  expect(readTable().map(([code]) => code)).toEqual([...'0123456789', '190', '191', '42', 'signal']);
});

it.each(readTable().flatMap(([code, ...cells]) => ACTIONS.map((action, i) => [code, action, cells[i] ?? ''] as const)))(
  'code %s of a %s is: %s',
  async (code, action, cell) => {
    const thing = resource('ocf:test:thing', { on: action === 'probe' ? 'monitor' : action, code });
    const before = log.sentences.length;
    const outcome = await runner.run(operation(action, thing, { intervalMs: action === 'monitor' ? 10_000 : 0 }));
    const written = cell === 'the same' ? 'running, with a warning in the log' : cell;
    const warned = log.sentences.slice(before).some(({ level }) => level === 'warn');
    expect(words(outcome, action) + (warned ? ', with a warning in the log' : '')).toBe(written);
    if (outcome.kind === 'failed' && code !== 'signal') {
      expect(outcome.reason).toContain(`the reason of ${code} (`);
      expect(outcome.code).toBe(Number(code));
    }
  },
);
