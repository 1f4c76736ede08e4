import { readFileSync } from 'node:fs';

/** The systemd unit that this process stands in; null when it was started otherwise. Source: proc(5), systemd's control group layout. */
export function ownUnit(): string | null {
  try {
    return unitOfControlGroup(readFileSync('/proc/self/cgroup', 'utf8'));
  } catch {
    return null; // No control groups here, so no systemd either.
  }
}

/** Reads it from the text of a `cgroup` file. Shape: only a service counts; a session or a container is none of the daemon's own. */
export function unitOfControlGroup(text: string): string | null {
  const path = /^\d+:name=systemd:(\/.+)$/m.exec(text)?.[1] ?? /^0::(.*)$/m.exec(text)?.[1] ?? '';
  return /^(?:\/[^/]+\.slice)*\/([^/]+\.service)(?:\/|$)/.exec(path)?.[1] ?? null;
}
