import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readLabScript, readLabSpec } from '../../../src/cli/lab/lab-spec.js';
import { whyNotInLab } from '../../../src/daemon/lab-limits.js';
import { fenceDevice } from '../../agents/harness/fence-device.js';
import { specOf } from '../../reconciler/specs.js';

const LOCAL = { n1: { addresses: ['127.77.0.1'] }, n2: { addresses: ['127.77.0.2', '127.78.0.2'] } };

test('the quickstart and its script can be played', async () => {
  const spec = await readLabSpec(fileURLToPath(new URL('../../../examples/quickstart.yaml', import.meta.url)));
  const script = readLabScript(fileURLToPath(new URL('../../../examples/quickstart.script', import.meta.url)), spec);
  expect(spec.nodes.length).toBe(3);
  expect(script.lines.some(({ event }) => event.kind === 'kill')).toBe(true);
});

test('addresses of real networks are refused', () => {
  const spec = specOf({ nodes: { ...LOCAL, n2: { addresses: ['127.77.0.2', '10.0.0.2'] } }, groups: {} });
  expect(whyNotInLab(spec)?.message).toBe(
    'node "n2" has the address 10.0.0.2, and a lab takes only those of 127.0.0.0/8',
  );
});

test.each(['systemd:nginx', 'ocf:heartbeat:Dummy', 'builtin:vip', 'lsb:httpd'])(
  '%s acts on the whole machine and is refused',
  (type) => {
    const spec = specOf({ nodes: LOCAL, groups: { web: {} }, resources: { web: { type } } });
    expect(whyNotInLab(spec)?.message).toBe(`resource "web" is of type ${type}, which a lab does not run`);
  },
);

test('what would take the power of real machines is refused', () => {
  const place = { file: 'a.yaml', line: 1, column: 1 };
  const fenced = specOf({
    nodes: LOCAL,
    groups: {},
    fencing: {
      devices: [fenceDevice('fence_ipmilan', { id: 'ipmi', nodes: ['n1'] })],
      levels: [{ node: 'n1', levels: [['ipmi']], place }],
    },
  });
  expect(whyNotInLab(fenced)?.message).toBe(
    'the spec has the fence device "ipmi", and a lab would take the power of a real machine with it',
  );
  const watched = specOf({
    nodes: LOCAL,
    groups: {},
    fencing: { watchdog: { device: '/dev/watchdog', timeoutMs: 10_000 } },
  });
  expect(whyNotInLab(watched)?.message).toBe('the spec has a watchdog, and a lab would reset this machine with it');
});

test('a script that is kept may run, one with commands of its own may not', () => {
  const kept = specOf({
    nodes: LOCAL,
    groups: { web: {} },
    resources: { web: { type: 'script', params: { run: ['sleep', '1'] } } },
  });
  expect(whyNotInLab(kept)).toBeNull();
  const commands = specOf({
    nodes: LOCAL,
    groups: { web: {} },
    resources: { web: { type: 'script', params: { start: ['a'] } } },
  });
  expect(whyNotInLab(commands)?.message).toContain('`script` with commands of its own');
});

test('a spec that is not there is said to be so', async () => {
  await expect(readLabSpec('/nowhere/x.yaml')).rejects.toThrow('there is no spec at "/nowhere/x.yaml"');
});
