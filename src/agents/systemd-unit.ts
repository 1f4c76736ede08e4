/**
 * A systemd unit's name and state.
 *
 * Source: systemd.unit(5), systemctl(1); the states are those of the D-Bus API, org.freedesktop.systemd1(5).
 */

/** What `systemctl show` says of a unit. */
export interface UnitState {
  /** `loaded`, `not-found`, `masked`, `bad-setting`, `error`. */
  readonly load: string;
  /** `active`, `reloading`, `inactive`, `failed`, `activating`, `deactivating`. */
  readonly active: string;
  /** A finer word that depends on the kind of unit: `running`, `exited`, `dead`, `auto-restart`, ... */
  readonly sub: string;
  /** `enabled`, `disabled`, `static`, `masked`, ...; empty when there is no file. */
  readonly file: string;
  /** Why a service failed: `exit-code`, `signal`, `timeout`, ...; `success` otherwise. */
  readonly result: string;
  /** Exit code of the main process, or the signal's number. */
  readonly mainStatus: string;
}

/** The properties that {@link readUnitState} reads. */
export const UNIT_PROPERTIES = ['LoadState', 'ActiveState', 'SubState', 'UnitFileState', 'Result', 'ExecMainStatus'];

const SYSTEMD_TYPE = /^systemd:([A-Za-z0-9_][\w:.\\@-]*)$/;
const UNIT_SUFFIX = /\.(service|socket|mount|automount|swap|target|path|timer|slice|scope|device)$/;

/** The unit of a type `systemd:UNIT`, `.service` added where no kind is named; null for another form. */
export function unitOf(type: string): string | null {
  const name = SYSTEMD_TYPE.exec(type)?.[1];
  if (name === undefined) {
    return null;
  }
  return UNIT_SUFFIX.test(name) ? name : `${name}.service`;
}

/** Reads what `systemctl show` printed; null when that holds no state. */
export function readUnitState(text: string): UnitState | null {
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
    load,
    active,
    sub: properties.get('SubState') ?? '',
    file: properties.get('UnitFileState') ?? '',
    result: properties.get('Result') ?? '',
    mainStatus: properties.get('ExecMainStatus') ?? '',
  };
}
