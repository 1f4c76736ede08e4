/** Agents with what they declare, for tests that need some. The real ones declare more. */
import { catalogueOf, parameter } from './expect-problems.js';

/** Two foreign agents, one that is missing, and an own one. */
export const someAgents = catalogueOf({
  'ocf:heartbeat:IPaddr2': {
    parameters: [
      parameter('ip', { required: true, unique: true }),
      parameter('cidr_netmask'),
      parameter('nic', { default: 'eth0', required: true }),
    ],
    actions: [
      { name: 'start', timeoutMs: 20_000, intervalMs: null, depth: 0 },
      { name: 'stop', timeoutMs: 20_000, intervalMs: null, depth: 0 },
      { name: 'monitor', timeoutMs: 20_000, intervalMs: 10_000, depth: 0 },
    ],
  },
  'ocf:heartbeat:apache': {
    parameters: [
      parameter('configfile', { unique: true }),
      parameter('port', { type: 'integer' }),
      parameter('use_ipv6', { type: 'boolean' }),
    ],
    actions: [
      { name: 'start', timeoutMs: 40_000, intervalMs: null, depth: 0 },
      { name: 'stop', timeoutMs: 60_000, intervalMs: null, depth: 0 },
      { name: 'monitor', timeoutMs: 30_000, intervalMs: null, depth: 10 },
    ],
  },
  'ocf:heartbeat:gone': null,
  script: { parameters: [parameter('run'), parameter('directory')] },
});
