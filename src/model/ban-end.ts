import { formatDuration } from '../base/duration.js';

/**
 * When failures are forgotten that keep a resource from running, in words that "it is not run there" can follow.
 *
 * Shape: `leftMs` is the time that is left of `forgetAfterMs`, null where it is not known here; `node` null for whichever it failed on.
 */
export function describeBanEnd(options: {
  readonly resource: string;
  readonly node: string | null;
  readonly forgetAfterMs: number;
  readonly leftMs: number | null;
}): string {
  const { resource, node, forgetAfterMs, leftMs } = options;
  const time =
    leftMs === null
      ? `until ${formatDuration(forgetAfterMs)} after its last failure`
      : `for ${formatDuration(Math.max(0, leftMs))} more`;
  const retry = `\`fairlead retry ${resource}${node === null ? '' : ` --on ${node}`}\``;
  return `${time}, unless its parameters change in the spec or ${retry} forgets it`;
}
