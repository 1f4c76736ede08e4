import { describe, it } from 'vitest';
import { catalogueOf, expectProblems } from '../expect-problems.js';

describe('unit-enabled-at-boot', () => {
  it('warns once of each unit that the machine starts by itself, and says what to do', () => {
    expectProblems(
      `
resources:
  a: { type: "systemd:nginx", require: [lb1] }
  b: { type: "systemd:nginx", require: [lb2] }
  c: { type: "systemd:srv-data.mount" }
  d: { type: "systemd:at-rest" }
  e: { type: "systemd:nobody-looked" }
`,
      [
        '2:14 warning unit-enabled-at-boot ""systemd:nginx"": systemd:nginx is started by multi-user.target at boot on this machine | fairlead may not want "a" there | = `systemctl disable nginx` on every node that may run the group',
        '4:14 warning unit-enabled-at-boot ""systemd:srv-data.mount"": systemd:srv-data.mount is started by local-fs.target at boot on this machine | fairlead may not want "c" there | = write `noauto` in its line of /etc/fstab, or `systemctl disable srv-data.mount`',
      ],
      {
        catalogue: catalogueOf({
          'systemd:nginx': { bootTarget: 'multi-user.target' },
          'systemd:srv-data.mount': { bootTarget: 'local-fs.target' },
          'systemd:at-rest': { bootTarget: null },
        }),
      },
    );
  });
});
