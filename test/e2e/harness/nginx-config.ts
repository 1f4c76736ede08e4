/**
 * An nginx configuration whose only page names the host.
 *
 * One text serves both ways of running it: the OCF agent lets nginx put itself into the background, the script resource keeps
 * it in front with `-g 'daemon off;'`.
 */
import { DISK } from './host-set-up.js';

/** Where every host has its configuration: one path, so that one parameter in a cluster spec serves all hosts. */
export const NGINX_CONFIG = `${DISK}/nginx.conf`;

/** The name of the file for `Host.writeFile`. */
export const NGINX_CONFIG_NAME = 'nginx.conf';

/** What it complains of. A file even in the foreground: with stderr a daemon would hold the pipe of the agent that started it. */
export const NGINX_ERROR_LOG = '/var/log/nginx/error.log';

/** nginx in the foreground: the command of a `script` resource. */
export const NGINX_IN_FOREGROUND: readonly string[] = ['/usr/sbin/nginx', '-c', NGINX_CONFIG, '-g', 'daemon off;'];

/** What the page says and where it is served. */
export interface NginxConfigSpec {
  readonly hostName: string;
  /** Served on this address only, so nginx cannot start before it is there; absent: on every address of the host. */
  readonly onlyOn?: string;
  readonly port?: number;
}

/**
 * The configuration's text.
 *
 * The first `listen` is the loopback's, because the OCF agent builds its status URL from it: `http://127.0.0.1:8080/nginx_status`.
 * No access log: a client that asks every 10 ms would fill the host's memory.
 */
export function nginxConfig(spec: NginxConfigSpec): string {
  const port = spec.port ?? 80;
  const listen = spec.onlyOn === undefined ? `${port}` : `${spec.onlyOn}:${port}`;
  return `worker_processes 1;
pid /run/nginx.pid;
error_log ${NGINX_ERROR_LOG} warn;
events { worker_connections 512; }
http {
  access_log off;
  server {
    listen 127.0.0.1:8080;
    location /nginx_status {
      stub_status on;
    }
  }
  server {
    listen ${listen};
    location / {
      default_type text/plain;
      return 200 "${spec.hostName}\\n";
    }
  }
}
`;
}
