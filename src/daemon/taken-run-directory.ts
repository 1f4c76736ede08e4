/**
 * A run directory serves one daemon: two would go on with the same leases and promises, and end each other's services.
 *
 * The control socket shows that a daemon is the only one of its state directory. The run directory may be another's all the same, such as the usual one of this machine.
 */
import { isAnswered } from '../control/take-socket.js';
import { GUARD_FILES, readNamed } from '../guard/guard-files.js';

/**
 * Looks whether a daemon with another control socket lives in a run directory.
 *
 * Shape: one that has closed its socket is about to end and does nothing any more, so it is in nobody's way.
 * Errors: rejects with one sentence that names the directory and the other's socket.
 */
export async function refuseTakenRunDirectory(own: {
  readonly runDir: string;
  readonly socketPath: string;
}): Promise<void> {
  const other = readNamed(own.runDir, GUARD_FILES.daemon);
  if (other === null || other.socket === null || other.socket === own.socketPath) return;
  if (await isAnswered(other.socket)) {
    throw new Error(
      `the run directory "${own.runDir}" is that of the daemon that answers on "${other.socket}"; stop it first, or give this one its own --run-dir`,
    );
  }
}
