/**
 * The name of a systemd unit.
 *
 * Source: systemd.unit(5).
 */

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
