/**
 * A systemd unit's state.
 *
 * Source: systemctl(1); the states are those of the D-Bus API, org.freedesktop.systemd1(5).
 */

/** What `systemctl show` says of a unit. */
export interface UnitState {
  /** The unit's own name, where it was asked for by another. */
  readonly id: string;
  /** `loaded`, `not-found`, `masked`, `bad-setting`, `error`. */
  readonly load: string;
  /** `active`, `reloading`, `inactive`, `failed`, `activating`, `deactivating`. */
  readonly active: string;
  /** A finer word that depends on the kind of unit: `running`, `exited`, `dead`, `auto-restart`, ... */
  readonly sub: string;
  /** Why a service failed: `exit-code`, `signal`, `timeout`, ...; `success` otherwise. */
  readonly result: string;
  /** Exit code of the main process, or the signal's number; empty for units without one. */
  readonly mainStatus: string;
  /** Drop-ins that systemd has read. */
  readonly dropIns: readonly string[];
  /** Whether a job is queued or under way for it. */
  readonly hasJob: boolean;
}

/** The properties that {@link readUnitStates} reads. */
export const UNIT_PROPERTIES = [
  'Id',
  'LoadState',
  'ActiveState',
  'SubState',
  'Result',
  'ExecMainStatus',
  'DropInPaths',
  'Job',
];

/** Reads what `systemctl show` printed. Shape: in the order in which the units were named; null for what holds no state. */
export function readUnitStates(text: string): readonly (UnitState | null)[] {
  return text.split('\n\n').map(readUnitState);
}

function readUnitState(text: string): UnitState | null {
  const properties = new Map(
    text.split('\n').map((line) => {
      const at = line.indexOf('=');
      return [line.slice(0, at), line.slice(at + 1)] as const;
    }),
  );
  const load = properties.get('LoadState') ?? '';
  const active = properties.get('ActiveState') ?? '';
  if (load === '' || active === '') {
    return null;
  }
  return {
    id: properties.get('Id') ?? '',
    load,
    active,
    sub: properties.get('SubState') ?? '',
    result: properties.get('Result') ?? '',
    mainStatus: properties.get('ExecMainStatus') ?? '',
    dropIns: (properties.get('DropInPaths') ?? '').split(' ').filter((path) => path !== ''),
    hasJob: !['', '0'].includes(properties.get('Job') ?? ''),
  };
}
