/**
 * The metadata service of one instance, version 2: nothing is said without a token.
 *
 * Source: Amazon EC2 User Guide, "Use the Instance Metadata Service" and "Instance metadata categories".
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { addressOf } from './ec2-server.js';
import type { Ec2World } from './ec2-world.js';

/** The role whose credentials the instances have. */
const ROLE = 'fairlead-node';

/** A running metadata service. */
export class MetadataServer {
  /** Requests as METHOD PATH, oldest first; those without a valid token end in " 401". */
  readonly requests: string[] = [];
  /** Whether nothing is answered. */
  isSilent = false;
  /** Addresses that the instance is not told of yet. */
  readonly notTold = new Set<string>();
  readonly #tokens = new Set<string>();
  readonly #server: Server;
  #count = 0;

  private constructor(
    private readonly world: Ec2World,
    private readonly instanceId: string,
  ) {
    this.#server = createServer((request, response) => this.#serve(request, response));
  }

  /** Starts it. Shape: a free port of the loopback interface unless others are named. */
  static async start(
    world: Ec2World,
    instanceId: string,
    at: { readonly host?: string; readonly port?: number } = {},
  ): Promise<MetadataServer> {
    const server = new MetadataServer(world, instanceId);
    await new Promise<void>((resolve) => server.#server.listen(at.port ?? 0, at.host ?? '127.0.0.1', () => resolve()));
    return server;
  }

  get url(): string {
    const { port, address } = addressOf(this.#server);
    return address.includes(':') ? `http://[${address}]:${port}` : `http://${address}:${port}`;
  }

  /** No token that was given is valid any more. */
  revokeTokens(): void {
    this.#tokens.clear();
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const { method = '', url = '', headers } = request;
    if (this.isSilent) return;
    if (method === 'PUT' && url === '/latest/api/token') {
      const seconds = headers['x-aws-ec2-metadata-token-ttl-seconds'];
      this.requests.push(`${method} ${url}`);
      if (typeof seconds !== 'string') {
        response.writeHead(400).end();
        return;
      }
      this.#count += 1;
      const token = `token-${this.#count}==`;
      this.#tokens.add(token);
      response.writeHead(200, { 'x-aws-ec2-metadata-token-ttl-seconds': seconds }).end(token);
      return;
    }
    const isKnown = this.#tokens.has(String(headers['x-aws-ec2-metadata-token']));
    this.requests.push(`${method} ${url}${isKnown ? '' : ' 401'}`);
    if (!isKnown) {
      response.writeHead(401).end();
      return;
    }
    const text = this.#read(url.replace(/^\/latest\/(meta-data\/)?/, ''));
    if (text === null) response.writeHead(404).end();
    else response.writeHead(200, { 'content-type': 'text/plain' }).end(text);
  }

  #read(path: string): string | null {
    const own = this.world.interfaces.filter(({ instanceId }) => instanceId === this.instanceId);
    const [, mac = '', rest = ''] = /^network\/interfaces\/macs\/([^/]+)\/(.+)$/.exec(path) ?? [];
    const at = own.find(({ macAddress }) => macAddress === mac);
    if (at !== undefined) {
      if (rest === 'interface-id') return at.id;
      if (rest === 'device-number') return String(at.deviceNumber);
      if (rest === 'subnet-id') return at.subnetId;
      if (rest === 'subnet-ipv4-cidr-block') return at.subnetCidr;
      if (rest === 'local-ipv4s') return at.privateIps.filter((ip) => !this.notTold.has(ip)).join('\n');
      return null;
    }
    switch (path) {
      case 'instance-id':
        return this.instanceId;
      case 'mac':
        return own[0]?.macAddress ?? null;
      case 'placement/region':
        return 'us-east-1';
      case 'network/interfaces/macs/':
        return own.map(({ macAddress }) => `${macAddress}/`).join('\n');
      case 'iam/security-credentials/':
        return ROLE;
      case `iam/security-credentials/${ROLE}`:
        return JSON.stringify({
          Code: 'Success',
          Type: 'AWS-HMAC',
          LastUpdated: new Date().toISOString(),
          Expiration: new Date(Date.now() + 6 * 3600_000).toISOString(),
          // Who asks is told from the key, so that the log of calls can say so.
          AccessKeyId: `ASIA-${this.instanceId}`,
          SecretAccessKey: 'a-secret-of-the-tests',
          Token: 'a-session-of-the-tests',
        });
      default:
        return null;
    }
  }
}
