/**
 * What a spec has that does not say otherwise. The schema tells the same values to editors; a test holds the two together.
 *
 * Source: ours, except where a line says which. A default never depends on the machine that reads the spec.
 */
export const defaults = {
  quorum: { onLoss: 'stop', firstStart: 'see' },
  heartbeat: {
    port: 7418,
    leaseMs: 3000,
    /** `every` is this part of the lease: room for five lost heartbeats. */
    everyPart: 1 / 6,
    /** `warnAfter` is this part of the lease. */
    warnAfterPart: 2 / 3,
    /** Covers the 8.33 % by which chrony slews by default. Source: chrony.conf(5), maxslewrate. */
    clockDrift: 0.09,
    keyFile: '/etc/fairlead/gossip.key',
  },
  startsPerNode: 4,
  ping: {
    everyMs: 2000,
    timeoutMs: 1000,
    attempts: 3,
    failAfterMs: 5000,
    recoverAfterMs: 10_000,
    mode: 'relative',
    onAllLost: 'keep',
  },
  /** Source: HAProxy's `inter`, `rise` and `fall`; the timeout is ours. */
  check: { everyMs: 2000, timeoutMs: 1000, rise: 2, fall: 3 },
  /** A node that is not proved runs nothing that requires it. */
  nodeCheck: { mode: 'absolute', onAllLost: 'keep' },
  /** Ours: half a minute of trouble is more than a burst. */
  health: { everyMs: 10_000, timeoutMs: 5000, rise: 3, fall: 3, paths: ['/'], free: '5%' },
  failback: 'never',
  // biome-ignore lint/suspicious/noThenProperty: the spec's own word
  failurePolicy: { restarts: 3, withinMs: 600_000, then: 'move', forgetAfterMs: 1_800_000 },
  monitor: { everyMs: 10_000, depth: 0 },
  timeouts: { startMs: 20_000, stopMs: 20_000, monitorMs: 20_000 },
  onFail: { monitor: 'restart', start: 'restart', stop: 'block' },
  fenceDevice: {
    action: 'off',
    /** Source: the same as Pacemaker's stonith-timeout; management boards take up to half a minute to answer. */
    timeoutMs: 60_000,
    retries: 1,
    delayBaseMs: 0,
    delayRandomMs: 0,
  },
  fencing: {
    /** Ours: a preferred node's agent has ended the other one by then, where a management board does it in the usual few seconds. */
    headStartMs: 15_000,
  },
  alert: {
    /** Ours: who takes longer for a line of text is overloaded. */
    timeoutMs: 10_000,
    /** Ours: with a back-off from 1 s on, seven seconds of restart are bridged. */
    retries: 3,
    /** Source: Pacemaker Explained, meta-attributes of an alert. */
    timestampFormat: '%H:%M:%S.%06N',
  },
  watchdog: { device: '/dev/watchdog', timeoutMs: 10_000 },
} as const;
