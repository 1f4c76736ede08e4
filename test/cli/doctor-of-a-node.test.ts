import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { FlagValues } from '../../src/cli/command.js';
import { runDoctor } from '../../src/cli/doctor.js';
import { generateKey } from '../../src/host/keys.js';
import { describeWith, FENCE_AGENTS, OCF_AGENTS } from '../agents/harness/requirements.js';
import { writtenTerminal } from './written-terminal.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fairlead-doctor-'));
  writeFileSync(join(folder, 'gossip.key'), generateKey(), { mode: 0o600 });
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What doctor says of lb1 with the resources and devices of a spec. */
async function doctor(parts: { readonly resources: string; readonly fencing?: string; readonly key?: string }) {
  const path = join(folder, 'cluster.yaml');
  const { resources, fencing = '', key = 'gossip.key' } = parts;
  writeFileSync(
    path,
    `apiVersion: fairlead/v1
kind: Cluster
cluster: { name: test }
heartbeat: { key: { file: ${join(folder, key)} } }
nodes: { lb1: { addresses: [127.0.1.11] }, lb2: { addresses: [127.0.1.12] }, wit: { addresses: [127.0.1.13], role: witness } }
${resources}${fencing}`,
  );
  const written: string[] = [];
  const flags: FlagValues = {
    has: () => false,
    text: (name) => (name === 'node' ? 'lb1' : 'text'),
    texts: () => [],
    durationMs: () => null,
  };
  const code = await runDoctor({ operands: [path], flags, terminal: writtenTerminal(written) });
  return { code, out: written.join('') };
}

describeWith('doctor of a node', { files: [OCF_AGENTS, FENCE_AGENTS] }, () => {
  it('asks agents and devices, and is content', async () => {
    const status = join(folder, 'power');
    writeFileSync(status, 'on');
    const fencing = `fencing:
  devices:
    own: { agent: fence_dummy, nodes: [lb1], params: { type: fail } }
    other: { agent: fence_dummy, nodes: [lb2], params: { type: file, status_file: ${status} } }
`;
    const resources = `groups: { web: { members: [app, kept, note] } }
resources:
  app: { type: ocf:heartbeat:Dummy, params: { state: ${join(folder, 'dummy.state')} } }
  kept: { type: script, params: { run: [sleep, 9] } }
  note: { type: builtin:noop, exclusive: fencing }
`;
    expect(await doctor({ resources, fencing })).toEqual({
      code: 0,
      out: `keys on lb1
  ok       keys: they can be read

addresses of lb1
  ok       127.0.1.11: it is on lo

app (ocf:heartbeat:Dummy) on lb1
  ok       monitor: it does not run here
  ok       validate-all: nothing is said against the parameters

kept (script) on lb1
  untried  monitor: a process that is kept can be tried by its start alone

other (fence_dummy) on lb1
  ok       monitor: it answers, asked of lb2

nothing is missing
`,
    });
  });

  it('says what an agent, a device and the keys lack, each in its own words', async () => {
    const fencing = `fencing:
  devices:
    ipmi: { agent: fence_ipmilan, nodes: [lb2] }
    own: { agent: fence_dummy, nodes: [lb1] }
`;
    const resources = `resources:
  web: { type: ocf:heartbeat:nginx, exclusive: fencing, params: { configfile: ${join(folder, 'no.conf')} } }
  init: { type: lsb:fairlead-has-no-such-script }
  other: { type: lsb:fairlead-runs-elsewhere, require: [lb2] }
`;
    const { code, out } = await doctor({ resources, fencing, key: 'no.key' });
    expect(code).toBe(1);
    expect(out).toMatch(/^ {2}missing {2}keys: .*no\.key/m);
    expect(out).toMatch(
      /^init \(lsb:fairlead-has-no-such-script\) on lb1\n {2}missing {2}monitor: .* is not installed/m,
    );
    expect(out).toMatch(/^web \(ocf:heartbeat:nginx\) on lb1\n.*\n {2}missing {2}validate-all: .*no\.conf/m);
    expect(out).toMatch(/^ipmi \(fence_ipmilan\) on lb1\n {2}missing {2}monitor: .*fence address/m);
    expect(out).not.toMatch(/elsewhere/);
    expect(out).toMatch(/^4 missing, 0 unknown; /m);
  });

  it('leaves for later what may be on a disk that is not there yet', async () => {
    const resources = `groups: { site: { members: [disk, web] } }
resources:
  disk: { type: ocf:heartbeat:Filesystem, acknowledge: tried here, params: { device: /dev/disk/by-label/none, directory: ${folder}, fstype: ext4 } }
  web: { type: ocf:heartbeat:nginx, params: { configfile: ${join(folder, 'no.conf')} } }
`;
    const { out } = await doctor({ resources });
    expect(out).toMatch(/^ {2}untried {2}validate-all: .*no\.conf.*; that may be on "disk", which is started before$/m);
  });
});
