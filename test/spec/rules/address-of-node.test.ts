import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('address-of-node', () => {
  it('finds an address that moves and belongs to a node or a ping', () => {
    expectProblems(
      `
pings:
  gateway: { hosts: [10.0.1.1] }
resources:
  a: { type: builtin:vip, params: { address: 10.0.1.11/24 }, requires: [gateway] }
  b: { type: builtin:vip, params: { address: 10.0.1.1/24 } }
`,
      [
        '4:46 error address-of-node "10.0.1.11/24": resource "a" moves the address 10.0.1.11/24, which belongs to node "lb1" | = an address that moves must belong to nothing else | = note 10: it belongs to node "lb1"',
        '5:46 error address-of-node "10.0.1.1/24": resource "b" moves the address 10.0.1.1/24, which is asked by ping "gateway" | = an address that moves must belong to nothing else | = note 2: it is asked by ping "gateway"',
      ],
    );
  });
});
