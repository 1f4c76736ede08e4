/** A file system in memory that is soon full, mounted where only this test sees it. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';

/** A mounted file system. */
export class SmallTmpfs {
  /** Its root, as this process reaches it. */
  readonly path: string;
  readonly #keeper: ChildProcess;
  readonly #mountPoint: string;

  private constructor(options: { readonly keeper: ChildProcess; readonly mountPoint: string }) {
    this.#keeper = options.keeper;
    this.#mountPoint = options.mountPoint;
    this.path = join(`/proc/${options.keeper.pid}/root`, options.mountPoint);
  }

  /** Mounts one of this kind and size in a mount namespace of its own, which a process keeps until its standard input is closed. */
  static async mount(options: { readonly kind: 'tmpfs' | 'ramfs'; readonly sizeBytes: number }): Promise<SmallTmpfs> {
    const mountPoint = mkdtempSync(join(tmpdir(), 'fairlead-mount-'));
    const script = 'mount -t "$1" -o "size=$2" fairlead "$0" && echo mounted && exec cat';
    const { kind, sizeBytes } = options;
    const keeper = spawn('unshare', ['--mount', 'sh', '-c', script, mountPoint, kind, String(sizeBytes)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await once(keeper.stdout, 'data');
    return new SmallTmpfs({ keeper, mountPoint });
  }

  /** Takes it away with all that is in it. */
  async unmount(): Promise<void> {
    const exit = once(this.#keeper, 'exit');
    this.#keeper.stdin?.end();
    await exit;
    rmSync(this.#mountPoint, { recursive: true });
  }
}
