import { describe, expect, it } from 'vitest';
import { readAddressEvent } from '../../src/agents/address-event.js';

const link = (interfaceName: string, isLost: boolean) => ({ kind: 'link', interfaceName, isLost });
const address = (family: string, text: string, isLost: boolean, interfaceName = 'eth0') => ({
  kind: 'address',
  address: { family, text },
  interfaceName,
  isLost,
});

/** As iproute2 6.1 prints them, the backslash standing for the end of a line. */
describe('a line of "ip -o monitor address link"', () => {
  it.each([
    [
      '3: eth0    inet 10.1.1.1/24 brd 10.1.1.255 scope global eth0:web\\       valid_lft forever preferred_lft forever',
      address('ipv4', '10.1.1.1', false),
    ],
    [
      'Deleted 3: eth0    inet 10.1.1.1/24 scope global eth0\\       valid_lft forever preferred_lft forever',
      address('ipv4', '10.1.1.1', true),
    ],
    [
      'Deleted 3: eth0    inet 10.1.1.2 peer 10.1.1.3/32 scope global eth0\\       valid_lft forever preferred_lft forever',
      address('ipv4', '10.1.1.2', true),
    ],
    [
      '3: eth0.7    inet6 fd00:0:0::5/64 scope global nodad \\       valid_lft forever preferred_lft forever',
      address('ipv6', 'fd00::5', false, 'eth0.7'),
    ],
    [
      '3: eth0    inet6 fd00::5/64 scope global dadfailed tentative \\       valid_lft forever preferred_lft forever',
      address('ipv6', 'fd00::5', true),
    ],
    [
      '3: eth0@eth1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default \\    link/ether de:0f:75:29:a5:96',
      link('eth0', false),
    ],
    [
      '3: eth0: <NO-CARRIER,BROADCAST,MULTICAST,UP,M-DOWN> mtu 1500 qdisc noqueue state LOWERLAYERDOWN group default \\    link/ether de:0f',
      link('eth0', true),
    ],
    ['2: eth0@NONE: <BROADCAST,MULTICAST> mtu 1500 qdisc noqueue state DOWN group default \\', link('eth0', true)],
    ['Deleted 2: d1@NONE: <BROADCAST,MULTICAST,UP> mtu 1500 qdisc noop state DOWN group default \\', link('d1', true)],
    ['', null],
    ['Dump was interrupted and may be inconsistent.', null],
    ['3: eth0    inet 10.1.1.1.1/24 scope global', null],
  ])('%s', (line, event) => {
    expect(readAddressEvent(line)).toEqual(event);
  });
});
