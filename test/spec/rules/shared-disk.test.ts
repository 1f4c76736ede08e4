import { describe, expect, it } from 'vitest';
import { decodeText, expectProblems } from '../expect-problems.js';

const DISK = 'type: ocf:heartbeat:Filesystem, params: { device: /dev/sdb1, directory: /srv, fstype: xfs }';

/** How strict a lone resource's group is. */
function exclusiveOf(text: string): string | undefined {
  const result = decodeText(text);
  return result.kind === 'ok' ? result.spec.groups[0]?.exclusive : undefined;
}

describe('shared-disk', () => {
  it('refuses a shared disk without fencing and without words', () => {
    expectProblems(`resources:\n  data: { ${DISK} }\n`, [
      '2:17 error shared-disk "ocf:heartbeat:Filesystem": resource "data" uses a shared disk, and nothing makes sure that the last owner is dead | a stop that hangs, or a node that is paused for long, can spoil what is on it | = add fence devices and `exclusive: fencing`, or a watchdog; to go without, `acknowledge: "<why the disk is safe>"`',
    ]);
  });

  it('warns for as long as words stand in for it', () => {
    expectProblems(`resources:\n  data: { ${DISK}, acknowledge: the array lets one host in }\n`, [
      '2:17 warning shared-disk "ocf:heartbeat:Filesystem": resource "data" uses a shared disk, and nothing makes sure that the last owner is dead | a stop that hangs, or a node that is paused for long, can spoil what is on it | = add fence devices and `exclusive: fencing`, or a watchdog',
    ]);
  });

  it('is exclusive by fencing of itself where there are devices', () => {
    const text = `fencing:\n  devices:\n    ipmi: { agent: fence_ipmilan, nodes: [lb1, lb2] }\nresources:\n  data: { ${DISK} }\n`;
    expectProblems(text, []);
    expect(exclusiveOf(text)).toBe('fencing');
  });

  it('refuses devices that are not asked for', () => {
    const text = `fencing:\n  devices:\n    ipmi: { agent: fence_ipmilan, nodes: [lb1, lb2] }\nresources:\n  data: { ${DISK}, exclusive: lease, acknowledge: "yes" }\n`;
    expectProblems(text, [
      '2:3 warning fence-devices-unused "devices": nothing in the spec asks for fencing, so no node is ever fenced | = write `exclusive: fencing` on what must never run twice, or `onFail: { stop: fence }`',
      '5:17 warning shared-disk "ocf:heartbeat:Filesystem": resource "data" uses a shared disk, and nothing makes sure that the last owner is dead | a stop that hangs, or a node that is paused for long, can spoil what is on it | = add fence devices and `exclusive: fencing`, or a watchdog',
    ]);
  });

  it('is satisfied with a watchdog that is fast enough', () => {
    expectProblems(`fencing: { watchdog: { timeout: 5s } }\nresources:\n  data: { ${DISK} }\n`, []);
  });

  it('knows file systems that several hosts may use, and agents without a disk', () => {
    expectProblems(
      `
resources:
  share: { type: ocf:heartbeat:Filesystem, params: { device: "nas:/srv", directory: /srv, fstype: nfs4 } }
  app: { type: ocf:heartbeat:apache }
`,
      [],
    );
  });
});
