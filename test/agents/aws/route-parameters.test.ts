import { describe, expect, it } from 'vitest';
import { readRouteParameters } from '../../../src/agents/aws/route-parameters.js';

const TABLE = 'rtb-0123456789abcdef0';
const CIDR = '192.168.10.50/32';

describe('the parameters of builtin:aws-route', () => {
  it('say which routes, and where they lead', () => {
    expect(readRouteParameters({ params: { routeTableIds: TABLE, destinationCidr: CIDR } })).toEqual({
      tableIds: [TABLE],
      destination: { family: 'ipv4', cidr: CIDR },
      region: null,
      endpoint: null,
      at: { by: 'primary' },
      takeFrom: ['interfaces'],
      onStop: 'leave',
      sourceDestCheck: 'refuse',
    });
    const params = {
      routeTableIds: [TABLE, 'rtb-01234567', TABLE],
      destinationCidr: '2001:DB8::0/32',
      region: 'us-east-1',
      interface: 'eth1',
      takeFrom: 'anything',
      onStop: 'delete',
      sourceDestCheck: 'disable',
    };
    expect(readRouteParameters({ params })).toEqual({
      tableIds: [TABLE, 'rtb-01234567'],
      destination: { family: 'ipv6', cidr: '2001:db8::/32' },
      region: 'us-east-1',
      endpoint: null,
      at: { by: 'name', name: 'eth1' },
      takeFrom: ['anything'],
      onStop: 'delete',
      sourceDestCheck: 'disable',
    });
  });

  it.each([
    [{ destinationCidr: CIDR }, /^"routeTableIds" must be the id of a route table/],
    [{ routeTableIds: [TABLE, 'eni-01234567'], destinationCidr: CIDR }, /^"routeTableIds" must be/],
    [{ routeTableIds: TABLE }, /^"destinationCidr" must be a subnet/],
    [{ routeTableIds: TABLE, destinationCidr: '192.168.10.50' }, /^"destinationCidr" must be a subnet/],
    [
      { routeTableIds: TABLE, destinationCidr: '192.168.10.50/24' },
      /first address of its subnet, as in 192\.168\.10\.0\/24/,
    ],
    [{ routeTableIds: TABLE, destinationCidr: CIDR, region: 'Virginia' }, /^"region" must be a region/],
    [{ routeTableIds: TABLE, destinationCidr: CIDR, interface: ['eth0'] }, /^"interface" must be the name/],
    [{ routeTableIds: TABLE, destinationCidr: CIDR, takeFrom: ['peers'] }, /^"takeFrom" must be/],
    [{ routeTableIds: TABLE, destinationCidr: CIDR, onStop: 'keep' }, /^"onStop" must be leave or delete/],
    [{ routeTableIds: TABLE, destinationCidr: CIDR, sourceDestCheck: 'off' }, /^"sourceDestCheck" must be refuse/],
  ])('refuses what means nothing: %j', (params, reason) => {
    expect(readRouteParameters({ params })).toEqual(expect.stringMatching(reason));
  });
});
