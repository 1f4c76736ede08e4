import { describe, expect, it } from 'vitest';
import { readEipParameters } from '../../../src/agents/aws/eip-parameters.js';

const EIP = 'eipalloc-0123456789abcdef0';
const PUBLIC = '203.0.113.7';

describe('the parameters of builtin:aws-eip', () => {
  it('say which address, and where it belongs', () => {
    const params = { allocationId: EIP, region: 'us-east-1', interface: '0A:00:00:00:00:11', privateIp: '10.0.1.50' };
    expect(readEipParameters({ params })).toEqual({
      address: { allocationId: EIP },
      region: 'us-east-1',
      endpoint: null,
      at: { by: 'mac', macAddress: '0a:00:00:00:00:11' },
      privateIp: '10.0.1.50',
    });
  });

  it.each([
    [{}, 'exactly one of "allocationId" and "publicIp" must say which Elastic IP it is'],
    [
      { allocationId: EIP, publicIp: PUBLIC },
      'exactly one of "allocationId" and "publicIp" must say which Elastic IP it is',
    ],
    [{ allocationId: '203.0.113.7' }, /^"allocationId" must be an allocation id/],
    [{ publicIp: 'fd00::1' }, /^"publicIp" must be a public IPv4 address/],
    [{ allocationId: EIP, region: 'Virginia' }, /^"region" must be a region/],
    [{ allocationId: EIP, interface: 'eth1 --help' }, /^"interface" must be the name/],
    [{ allocationId: EIP, privateIp: '10.0.1.0/24' }, /^"privateIp" must be/],
    [{ allocationId: EIP, endpoint: 'ec2.example.org' }, /^"endpoint" must be the URL/],
  ])('refuses what means nothing: %j', (params, reason) => {
    expect(readEipParameters({ params })).toEqual(typeof reason === 'string' ? reason : expect.stringMatching(reason));
  });
});
