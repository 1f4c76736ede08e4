import { baseEnvironment } from './environment.js';
import type { ProcessEnd, ProcessRequest } from './process-run.js';
import { runProcess } from './process-run.js';

/** The folder that is there exactly when systemd is the machine's init. Source: sd_booted(3). */
export const BOOTED_MARK = '/run/systemd/system';

/** How systemctl is run. Shape: `path` is where programs are looked for. */
export type SystemctlRun = Pick<ProcessRequest, 'timeoutMs' | 'signal' | 'isPermitted' | 'note'> & {
  readonly path?: string | undefined;
};

/** Runs systemctl, which asks nobody and pages nothing. Never rejects. */
export function systemctl(words: readonly string[], run: SystemctlRun): Promise<ProcessEnd> {
  const { path, ...limits } = run;
  return runProcess({
    argv: ['systemctl', '--no-pager', '--no-ask-password', ...words],
    environment: baseEnvironment(path),
    ...limits,
  });
}
