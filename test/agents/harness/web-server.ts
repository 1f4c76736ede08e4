/** A web server of a test's own, on a port of this machine's loopback interface that the kernel chooses. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { RequestListener, Server } from 'node:http';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { join } from 'node:path';

/** Serves until it is closed. */
export class WebServer {
  private constructor(
    private readonly server: Server,
    private readonly scheme: string,
  ) {}

  static async start(listener: RequestListener): Promise<WebServer> {
    return WebServer.#listen(createServer(listener), 'http');
  }

  /** With a certificate that nobody vouches for, made in `folder`. */
  static async startSecure(folder: string, listener: RequestListener): Promise<WebServer> {
    const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
    const subject = ['-nodes', '-days', '1', '-subj', '/CN=nobody.invalid'];
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
    execFileSync('openssl', ['req', '-x509', ...curve, ...subject, '-keyout', key, '-out', certificate], {
      stdio: 'ignore',
    });
    return WebServer.#listen(
      createSecureServer({ key: readFileSync(key), cert: readFileSync(certificate) }, listener),
      'https',
    );
  }

  static #listen(server: Server, scheme: string): Promise<WebServer> {
    return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(new WebServer(server, scheme))));
  }

  get port(): number {
    const address = this.server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** The URL of a path. */
  url(path: string): string {
    return `${this.scheme}://127.0.0.1:${this.port}${path}`;
  }

  /** How many connections are open. */
  connections(): Promise<number> {
    return new Promise((resolve, reject) =>
      this.server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
    );
  }

  close(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}
