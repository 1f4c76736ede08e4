/** Where the control socket answers to what. */

/** Paths of the first version of the API. */
export const CONTROL_PATHS = {
  health: '/v1/health',
  status: '/v1/status',
  spec: '/v1/spec',
  retry: '/v1/retry',
  leave: '/v1/leave',
  detach: '/v1/detach',
  reconcile: '/v1/reconcile',
  fenceHistory: '/v1/fence/history',
  fenceConfirm: '/v1/fence/confirm',
  attributes: '/v1/attributes',
  labCut: '/v1/lab/cut',
  labHeal: '/v1/lab/heal',
} as const;

/** Bytes of a socket's path, as the kernel limits them. Source: unix(7), sun_path has 108 bytes with the closing zero. */
const SOCKET_PATH_BYTES_MAX = 107;

/** Why a path cannot be a socket's; null when it can. */
export function whyNoSocketPath(path: string): string | null {
  const bytes = Buffer.byteLength(path);
  if (bytes <= SOCKET_PATH_BYTES_MAX) return null;
  return `the socket path "${path}" has ${bytes} bytes and the kernel allows ${SOCKET_PATH_BYTES_MAX}; give a shorter one with --socket`;
}
