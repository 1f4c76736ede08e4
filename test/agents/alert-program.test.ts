import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Alert } from '../../src/model/alert.js';
import { AlertBench, alert, place } from './harness/alert-bench.js';

let bench: AlertBench;
let folder: AlertBench['folder'];
let happened: string[];
let logged: string[];

beforeEach(() => {
  bench = new AlertBench();
  ({ folder, happened, logged } = bench);
});
afterEach(async () => {
  await bench.end();
});

/** Whether a process still does anything; one that nobody has buried yet does not. */
function isAlive(pid: string): boolean {
  const stat = `/proc/${pid}/stat`;
  return existsSync(stat) && !readFileSync(stat, 'utf8').includes(') Z ');
}

describe('a program', () => {
  /** Prints what it was told, as a script for Pacemaker would. */
  const SCRIPT = `#!/bin/sh
if [ -z "$CRM_alert_version" ] || [ -z "\${CRM_alert_recipient}" ]; then exit 1; fi
case $CRM_alert_kind in
  node) line="Node '$CRM_alert_node' ($CRM_alert_nodeid) is now '$CRM_alert_desc'" ;;
  fencing) line="Fencing $CRM_alert_desc: $CRM_alert_task of $CRM_alert_node, $CRM_alert_rc" ;;
  resource)
    if [ \${CRM_alert_interval} = "0" ]; then CRM_alert_interval=""; else CRM_alert_interval=" ($CRM_alert_interval)"; fi
    if [ \${CRM_alert_target_rc} = "0" ]; then CRM_alert_target_rc=""; fi
    line="'\${CRM_alert_task}\${CRM_alert_interval}' of $CRM_alert_rsc on $CRM_alert_node: $CRM_alert_rc $CRM_alert_status $CRM_alert_exec_time \${CRM_alert_desc}\${CRM_alert_target_rc}" ;;
  attribute) line="Attribute '$CRM_alert_attribute_name' of $CRM_alert_node is '$CRM_alert_attribute_value'" ;;
  *) line="unknown kind '$CRM_alert_kind'" ;;
esac
echo "$CRM_alert_node_sequence $CRM_alert_timestamp_epoch.$CRM_alert_timestamp_usec $debug $line" >> "$CRM_alert_recipient"
`;
  const at = `7 ${Math.floor(alert.atWallMs / 1000)}.089000`;
  const of = { node: 'lb2', nodeNumber: 2, group: 'web', resource: 'vip' };
  const call = {
    action: 'monitor',
    intervalMs: 10_000,
    code: null,
    outcome: 'stopped',
    reason: 'it is gone',
    tookMs: 12,
  } as const;

  it.each<[string, Partial<Alert>, string]>([
    ['failover', {}, `'start' of web on lb2: 0 0 0 ok`],
    ['node', { event: 'node', isThere: false, node: 'lb1', nodeNumber: 1 }, `Node 'lb1' (1) is now 'lost'`],
    ['node', { event: 'node', isThere: true }, `Node 'lb2' (2) is now 'member'`],
    [
      'fencing',
      { event: 'fencing', node: 'lb1', hasFailed: false, sentence: 'lb1 was fenced' },
      'Fencing Operation off of lb1 by lb2: OK (lb1 was fenced): off of lb1, 0',
    ],
    [
      'fencing',
      { event: 'fencing', node: 'lb1', hasFailed: true, sentence: 'in vain' },
      'Fencing Operation off of lb1 by lb2: Error (in vain): off of lb1, 1',
    ],
    ['failure', { event: 'failure', ...of, call }, `'monitor (10000)' of vip on lb2: 7 0 12 not running: it is gone`],
    [
      'failure',
      { event: 'failure', ...of, call: { ...call, action: 'start', intervalMs: 0, outcome: 'failed', code: 5 } },
      `'start' of vip on lb2: 5 0 12 it is gone`,
    ],
    [
      'failure',
      { event: 'failure', ...of, call: { ...call, action: 'stop', intervalMs: 0, outcome: 'timeout' } },
      `'stop' of vip on lb2: 1 2 12 Timed Out`,
    ],
    [
      'failure',
      { event: 'failure', ...of, call: { ...call, action: 'stop', intervalMs: 0, outcome: 'unknown' } },
      `'stop' of vip on lb2: 1 4 12 it is gone`,
    ],
    ['spec', { event: 'spec', sentence: 'it is not valid' }, `Attribute 'fairlead-spec' of lb2 is 'it is not valid'`],
    ['drift', { event: 'drift', sentence: 'vip: gone' }, `Attribute 'fairlead-drift' of lb2 is 'vip: gone'`],
  ])('is told of %s in the words of Pacemaker: %#', async (_, change, line) => {
    const recipient = join(folder.path, 'told');
    bench.sender.tell({ ...alert, ...change }, [bench.program(SCRIPT, { recipient, params: { debug: 'on' } })]);
    await bench.seen(1);
    expect(happened).toEqual(['ops took one']);
    expect(readFileSync(recipient, 'utf8')).toBe(`${at} on ${line}\n`);
  });

  it('is told the same in words of fairlead, its text by no shell, and nothing of the environment of the daemon', async () => {
    process.env.FAIRLEAD_TEST_SECRET = 'geheim';
    const secret = { kind: 'environment', name: 'FAIRLEAD_TEST_SECRET', place } as const;
    const params = { token: secret, CRM_alert_kind: 'not this' };
    bench.sender.tell(alert, [bench.program(`#!/bin/sh\nenv > ${folder.path}/env\n`, { params })]);
    await bench.seen(1);
    delete process.env.FAIRLEAD_TEST_SECRET;
    const lines = readFileSync(join(folder.path, 'env'), 'utf8').split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        'CRM_alert_kind=resource',
        'CRM_alert_recipient=',
        'FAIRLEAD_EVENT=failover',
        'FAIRLEAD_CLUSTER=edge',
        'FAIRLEAD_FROM=lb1',
        `FAIRLEAD_SENTENCE=${alert.sentence}`,
        'token=geheim',
      ]),
    );
    expect(lines.filter((line) => line.startsWith('FAIRLEAD_TEST_SECRET='))).toEqual([]);
    expect(lines.find((line) => line.startsWith('CRM_alert_timestamp='))).toMatch(
      /^CRM_alert_timestamp=\d\d:06:07\.089000$/,
    );
    expect(existsSync('/tmp/never')).toBe(false);
  });

  it('that fails is tried again, and its last words are told without its secrets', async () => {
    process.env.FAIRLEAD_TEST_SECRET = 'geheim';
    const params = { token: { kind: 'environment', name: 'FAIRLEAD_TEST_SECRET', place } as const };
    const text = `#!/bin/sh\necho x >> ${folder.path}/tries\necho "cannot log in with $token" >&2\nexit 3\n`;
    bench.sender.tell(alert, [bench.program(text, { params })]);
    await bench.seen(1);
    delete process.env.FAIRLEAD_TEST_SECRET;
    expect(happened).toEqual(['ops lost 1: it ended with exit code 3: cannot log in with [secret]']);
    expect(readFileSync(join(folder.path, 'tries'), 'utf8')).toBe('x\nx\nx\n');
    expect(logged.join()).not.toContain('geheim');
  });

  it('that hangs is ended with all that it started', async () => {
    const text = `#!/bin/sh\nsleep 1000 &\necho $! > ${folder.path}/pid\nwait\n`;
    bench.sender.tell(alert, [bench.program(text, { timeoutMs: 3000, retries: 0 })]);
    await bench.seen(1);
    expect(happened).toEqual(['ops lost 1: it did not end within 3000 ms and was killed']);
    const pid = readFileSync(join(folder.path, 'pid'), 'utf8').trim();
    expect(isAlive(pid)).toBe(false);
  });

  it('that is not there, or dies of a signal, is told of', async () => {
    bench.sender.tell(alert, [{ ...bench.program('#!/bin/sh\n'), path: join(folder.path, 'none'), retries: 0 }]);
    bench.sender.tell(alert, [bench.program('#!/bin/sh\nkill -9 $$\n', { id: 'other', retries: 0 })]);
    await bench.seen(2);
    expect([...happened].sort()).toEqual([
      expect.stringMatching(/^ops lost 1: it cannot be run: .*ENOENT/),
      'other lost 1: it was ended by SIGKILL',
    ]);
  });
});
