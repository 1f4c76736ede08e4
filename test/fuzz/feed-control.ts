/** Requests to the shipped control server over a real socket: every answer is a well formed one with the right status, and a refused request changes nothing. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RandomStream } from '../../src/base/random.js';
import { nextRandom, pickRandom } from '../../src/base/random.js';
import { serveControl } from '../../src/control/server.js';
import type { ControlSocket } from '../../src/control/take-socket.js';
import { takeControlSocket } from '../../src/control/take-socket.js';
import { controlHandlers } from '../../src/daemon/control-handlers.js';
import { FenceHistory } from '../../src/daemon/fence-history.js';
import { systemClock } from '../../src/host/system-clock.js';
import type { SpecWatch } from '../../src/host/spec-watch.js';
import { watchSpec } from '../../src/host/spec-watch.js';
import { limits } from '../../src/model/limits.js';
import { specYaml } from './cluster-yaml.js';
import type { ControlRequest } from './control-oracle.js';
import { describesItself, expectedCodes } from './control-oracle.js';
import { KEYS } from './feed-without-key.js';
import type { Findings } from './findings.js';
import { FuzzCluster } from './fuzz-cluster.js';
import { below, byteMutations, mutateBytes } from './mutate-bytes.js';
import { mutateJson } from './mutate-json.js';
import { difference, snapshot } from './snapshot.js';

/** Bodies that are understood, to begin from. */
const BODIES = [
  '{"resource":"web-server","node":"n2"}',
  '{"resource":"web"}',
  '{"path":"/nowhere/cluster.yaml","adopt":true}',
  '{"path":null,"adopt":false}',
  '{"node":"n2"}',
  '{}',
  '',
];

const PATHS = [
  ...['/v1/retry', '/v1/reconcile', '/v1/fence/confirm'],
  ...['/v1/health', '/v1/status', '/v1/spec', '/v1/leave', '/v1/detach', '/v1/fence/history'],
];

/** Those whose bodies say something. */
const WITH_BODY = PATHS.slice(0, 3);

/** How long a broken connection may take to end. */
const CLOSING_MS_MAX = 5000;

/** A node with its control socket in a folder of its own. */
export class FeedControl {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });

  private constructor(
    private readonly cluster: FuzzCluster,
    private readonly folder: string,
    private readonly watch: SpecWatch,
    private readonly server: ControlSocket,
    private readonly errors: string[],
    private readonly options: { readonly stream: RandomStream; readonly findings: Findings },
  ) {}

  /** Starts the server. */
  static async start(options: {
    readonly stream: RandomStream;
    readonly findings: Findings;
    readonly seed: number;
  }): Promise<FeedControl> {
    const folder = mkdtempSync(join(tmpdir(), 'fairlead-fuzz-'));
    const cluster = new FuzzCluster({ keys: [KEYS.first], seed: options.seed });
    cluster.run(4000);
    const specPath = join(folder, 'cluster.yaml');
    writeFileSync(specPath, specYaml());
    writeFileSync(join(folder, 'other.yaml'), 'apiVersion: fairlead/v1\nkind: Nothing\n');
    const errors: string[] = [];
    const log = {
      event: (level: string, sentence: string) => {
        if (level === 'error') errors.push(sentence);
      },
    };
    const watch = await watchSpec({ path: specPath, log, onSighting: () => undefined });
    const handlers = controlHandlers({
      driver: cluster.node('n1').driver,
      time: () => cluster.stepTime(),
      watch,
      specPath,
      transport: null,
      fences: new FenceHistory({
        node: 'n1',
        store: { read: () => null, write: () => undefined, remove: () => undefined },
        clock: systemClock(),
        log,
      }),
      leave: () => cluster.node('n1').driver.put({ kind: 'leave' }),
      detach: async () => ({ ok: false, why: 'no guard stands by; start the daemon with one' }),
    });
    // A node that leaves answers nothing more, so it is only heard that it should.
    const socketPath = join(folder, 'control.sock');
    const server = await takeControlSocket(socketPath);
    serveControl({
      socket: server,
      handlers: { ...handlers, leave: async () => ({ ok: true }) },
      log,
    });
    return new FeedControl(cluster, folder, watch, server, errors, options);
  }

  /** One request, and a look at what came of it. */
  async round(): Promise<void> {
    if (nextRandom(this.options.stream) < 0.15) await this.#raw();
    else await this.#plain();
    for (const sentence of this.errors.splice(0)) this.options.findings.violate(`the log of the daemon: ${sentence}`);
  }

  async close(): Promise<void> {
    this.#agent.destroy();
    await this.server.close();
    await this.watch.close();
    for (const { driver } of this.cluster.nodes) driver.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #plain(): Promise<void> {
    const { findings } = this.options;
    const asked = this.#request();
    const expected = expectedCodes(asked, this.cluster.spec);
    const { driver } = this.cluster.node('n1');
    const { mind } = driver;
    // What any step brings up to date is no change by the request.
    driver.put({ kind: 'tick' });
    const isRefused = expected.every((code) => code >= 400);
    const before = isRefused ? snapshot(mind) : '';
    // What was asked for may need the node's time to pass: a text is decoded in it.
    const pump = isRefused ? null : setInterval(() => this.cluster.run(5), 2);
    try {
      const { code, headers, text } = await this.#ask(asked);
      findings.took(`API, ${asked.kind}`, `${code}`);
      const told = `${asked.method} ${asked.path} ${asked.body.toString('utf8').slice(0, 300)}`;
      if (!expected.includes(code))
        findings.violate(
          `${told} was answered with ${code} instead of ${expected.join(' or ')}: ${text.slice(0, 300)}`,
        );
      const flaw = describesItself({ code, headers, text });
      if (flaw !== null) findings.violate(`${told} was answered with ${code} and ${flaw}: ${text.slice(0, 300)}`);
    } catch (error) {
      findings.took(`API, ${asked.kind}`, 'no answer');
      findings.violate(`${asked.method} ${asked.path} was not answered: ${String(error)}`);
    } finally {
      if (pump !== null) clearInterval(pump);
    }
    const after = isRefused ? snapshot(mind) : '';
    if (after !== before) findings.violate(`a refused request changed n1: ${difference(before, after)}`);
    for (const error of this.cluster.node('n1').broken.splice(0))
      findings.violate(`a request stopped n1: ${String(error)}`);
  }

  #request(): ControlRequest & { readonly kind: string } {
    const { stream } = this.options;
    const dice = nextRandom(stream);
    const method =
      nextRandom(stream) < 0.85 ? 'POST' : (pickRandom(stream, ['GET', 'PUT', 'DELETE', 'PATCH']) ?? 'GET');
    const path = pickRandom(stream, nextRandom(stream) < 0.8 ? WITH_BODY : PATHS) ?? '/';
    const plain = (pickRandom(stream, BODIES) ?? '').replace('/nowhere', this.folder);
    const other = Buffer.from(pickRandom(stream, BODIES) ?? '');
    const how = pickRandom(stream, byteMutations) ?? 'flip';
    if (dice < 0.5) return { kind: 'values changed', method, path, body: Buffer.from(mutateJson(plain, stream)) };
    if (dice < 0.8) {
      return { kind: 'bytes changed', method, path, body: mutateBytes(Buffer.from(plain), { how, other, stream }) };
    }
    if (dice < 0.9) return { kind: 'path changed', method, path: this.#path(path), body: Buffer.from(plain) };
    if (dice < 0.903) {
      const body = Buffer.alloc(limits.controlBodyBytesMax - 2 + below(stream, 5), ' ');
      return { kind: 'body about as large as may be', method, path, body };
    }
    return { kind: 'as it should be', method, path, body: Buffer.from(plain) };
  }

  #path(path: string): string {
    const { stream } = this.options;
    const at = below(stream, path.length);
    const letter = pickRandom(stream, ['', '/', '%', '%00', '?', '..', 'x', '%2f', '//']) ?? '';
    return `/${path.slice(1, at + 1)}${letter}${path.slice(at + 1 + below(stream, 2))}`;
  }

  #ask(asked: ControlRequest): Promise<{
    readonly code: number;
    readonly headers: Readonly<Record<string, string | string[] | undefined>>;
    readonly text: string;
  }> {
    const { method, path, body } = asked;
    return new Promise((resolve, reject) => {
      const options = { socketPath: join(this.folder, 'control.sock'), method, path, agent: this.#agent };
      const sent = request({ ...options, headers: { 'content-length': body.length } }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (piece: string) => {
          text += piece;
        });
        response.once('error', reject);
        response.once('end', () => resolve({ code: response.statusCode ?? 0, headers: response.headers, text }));
      });
      sent.once('error', reject);
      sent.end(body);
    });
  }

  /** Bytes that are no longer quite HTTP: the connection ends or is answered, never with a 5xx, and the next request finds the server well. */
  async #raw(): Promise<void> {
    const { stream, findings } = this.options;
    const body = pickRandom(stream, BODIES) ?? '';
    const head = `POST ${pickRandom(stream, PATHS) ?? '/'} HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${body.length}\r\n\r\n`;
    const how = pickRandom(stream, byteMutations) ?? 'flip';
    const bytes = mutateBytes(Buffer.from(head + body), { how, other: Buffer.from(head), stream });
    const answer = await this.#throw(bytes);
    const codes = [...answer.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, code]) => code ?? '');
    findings.took('API, bytes of the request changed', codes.length === 0 ? 'connection ended' : codes.join(' '));
    if (codes.some((code) => code.startsWith('5')))
      findings.violate(`${JSON.stringify(bytes.toString('latin1'))} was answered with ${codes.join(', ')}`);
  }

  #throw(bytes: Buffer): Promise<string> {
    return new Promise((resolve) => {
      let text = '';
      const socket = connect(join(this.folder, 'control.sock'));
      const patience = setTimeout(() => {
        this.options.findings.violate('a connection with a broken request was neither answered nor ended');
        socket.destroy();
      }, CLOSING_MS_MAX);
      socket.setEncoding('latin1').on('data', (piece: string) => {
        text += piece;
      });
      // The server may be rid of it before all is written; that is an end like any other.
      socket.on('error', () => undefined);
      socket.once('close', () => {
        clearTimeout(patience);
        resolve(text);
      });
      socket.end(bytes);
    });
  }
}
