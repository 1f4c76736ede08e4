import { expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { clusterSpec } from './harness/cluster-spec.js';
import { VIRTUAL_ADDRESS } from './harness/lab.js';
import { NGINX_CONFIG } from './harness/nginx-config.js';

const NODES = [
  { name: 'lb1', addresses: ['10.77.0.11', '10.77.1.11'], state: 'standby' },
  { name: 'lb2', addresses: ['10.77.0.12', '10.77.1.12'] },
  { name: 'lb3', addresses: ['10.77.0.13', '10.77.1.13'], role: 'witness' },
] as const;

it('the spec of the built-in form is YAML that says what was asked for', () => {
  const document = parseDocument(clusterSpec({ form: 'builtin', nodes: NODES, prefer: ['lb2', 'lb1'] }));
  expect([...document.errors, ...document.warnings]).toEqual([]);
  expect(document.toJS()).toMatchObject({
    heartbeat: { every: '200ms', lease: '1s' },
    nodes: {
      lb1: { addresses: ['10.77.0.11', '10.77.1.11'], state: 'standby' },
      lb3: { addresses: ['10.77.0.13', '10.77.1.13'], role: 'witness' },
    },
    groups: {
      web: { members: ['vip', 'nginx'], prefer: ['lb2', 'lb1'], requires: ['gateway'], stopBudget: '500ms' },
    },
    resources: {
      vip: { type: 'builtin:vip', params: { address: `${VIRTUAL_ADDRESS}/24`, interface: 'eth0' } },
      nginx: { type: 'script', params: { run: ['/usr/sbin/nginx', '-c', NGINX_CONFIG, '-g', 'daemon off;'] } },
    },
  });
});

it('the spec of the OCF form is YAML that names the agents and their parameters', () => {
  const document = parseDocument(clusterSpec({ form: 'ocf', nodes: NODES }));
  expect([...document.errors, ...document.warnings]).toEqual([]);
  const spec: unknown = document.toJS();
  expect(spec).toMatchObject({
    resources: {
      vip: { type: 'ocf:heartbeat:IPaddr2', params: { ip: VIRTUAL_ADDRESS, cidr_netmask: '24', nic: 'eth0' } },
      nginx: { type: 'ocf:heartbeat:nginx', params: { configfile: NGINX_CONFIG } },
    },
  });
  expect(spec).not.toHaveProperty('groups.web.stopBudget');
  expect(spec).not.toHaveProperty('groups.web.prefer');
});
