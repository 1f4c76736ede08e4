import { describe, expect, it } from 'vitest';
import { parseTarget } from '../../src/spec/target.js';

describe('what a ping asks', () => {
  it.each([
    ['10.0.1.1', { kind: 'icmp', host: '10.0.1.1' }],
    ['fe80::1%eth0', { kind: 'icmp', host: 'fe80::1%eth0' }],
    ['gw.example.org', { kind: 'icmp', host: 'gw.example.org' }],
    ['tcp:10.0.1.1:443', { kind: 'tcp', host: '10.0.1.1', port: 443 }],
    ['tcp:[fe80::1%eth0]:65535', { kind: 'tcp', host: 'fe80::1%eth0', port: 65_535 }],
    ['tcp:db:5432', { kind: 'tcp', host: 'db', port: 5432 }],
    ['http://[fd00::1]/', { kind: 'http', host: 'fd00::1' }],
    ['HTTPS://db:8443?deep', { kind: 'http', host: 'db' }],
  ])('reads %s', (text, target) => {
    expect(parseTarget(text)).toEqual({ ...target, text });
  });

  it.each([
    'tcp:',
    'tcp::80',
    'tcp:[]:80',
    'tcp:[10.0.1.1]:80',
    'tcp:10.0.1.1:0',
    'tcp:10.0.1.1:080',
    'tcp:-f:80',
    'http://',
    'http:///path',
    'http://10.0.1:80/',
    'http://10.0.1.1:/',
    'http://[fe80::1%eth0]/',
    'http://a b/',
    'http://10.0.1.1/ü',
    '-f',
    '10.0.1',
    'fd00::1::2',
  ])('refuses %s', (text) => {
    expect(parseTarget(text).kind).toBe('bad');
  });
});
