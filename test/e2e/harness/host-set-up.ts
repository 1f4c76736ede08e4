/** How a host's inside is furnished: what it has for itself, and what it sees of the machine. */
import { resolve } from 'node:path';

/** Where a host sees its own disk: the same path on every host, other files in each; it outlives a crash. */
export const DISK = '/run/disk';

/** Where every host of a lab sees the disk that they share; it outlives all crashes. */
export const SHARED_DISK = '/run/shared';

/** Where a host's state dir belongs: on its disk, so it outlives a crash. */
export const STATE_FOLDER = `${DISK}/state`;

/** Where a host's run dir belongs: on tmpfs, gone after a crash. */
export const RUN_FOLDER = '/run/fairlead/run';

/** Where a host's control socket belongs. */
export const CONTROL_SOCKET = '/run/fairlead/control.sock';

/**
 * Run by `sh -eu` as process 1 of the host, with HOST_NAME, DISK_FOLDER, SHARED_FOLDER, OWN_FOLDERS (absolute, with blanks between them), BOOT_ID, and in `$@` folders below /tmp that stay visible.
 *
 * Memory of its own: /run (and /var/run), /tmp, /dev/shm, and what agents and nginx write below /var, where the machine has
 * it. OWN_FOLDERS show what the machine has there, and take what the host writes into its memory. Its own /proc comes from `unshare`, its own /sys shows its own interfaces, its own boot id changes with each boot. The
 * machine's root file system is read-only, so that nothing inside can change the machine.
 */
export const HOST_SET_UP = `
hostname "$HOST_NAME"
ip link set lo up

mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/disk ${SHARED_DISK} /run/lock/subsys /run/resource-agents /run/keep ${RUN_FOLDER}
mount --bind "$DISK_FOLDER" /run/disk
mount --bind "$SHARED_FOLDER" ${SHARED_DISK}
[ -L /var/run ] || mount --bind /run /var/run
[ -L /var/lock ] || mount --bind /run/lock /var/lock

count=0
for kept in "$@"; do
  count=$((count + 1))
  mkdir -p "/run/keep/$count"
  mount --bind "$kept" "/run/keep/$count"
done
mount -t tmpfs -o mode=1777 tmpfs /tmp
count=0
for kept in "$@"; do
  count=$((count + 1))
  mkdir -p "$kept"
  mount --bind -o ro "/run/keep/$count" "$kept"
  umount "/run/keep/$count"
done

for folder in /dev/shm /var/tmp /var/log /var/lib/nginx /var/lib/heartbeat /var/lib/fairlead; do
  if [ -d "$folder" ]; then mount -t tmpfs -o mode=755 tmpfs "$folder"; fi
done
mkdir -p /var/log/nginx
chmod 1777 /dev/shm /var/tmp

for folder in $OWN_FOLDERS; do
  mkdir -p "/run/own$folder/written" "/run/own$folder/work"
  mount -t overlay -o "lowerdir=$folder,upperdir=/run/own$folder/written,workdir=/run/own$folder/work" overlay "$folder"
done

mount -t sysfs sysfs /sys
printf '%s\\n' "$BOOT_ID" >/run/boot-id
mount --bind /run/boot-id /proc/sys/kernel/random/boot_id
mount -o remount,bind,ro /
`;

/** The package's and Node's own folders where they are below /tmp, which a host has for itself. */
export function machineFoldersToKeep(): string[] {
  const folders = new Set([process.cwd(), resolve(process.execPath, '../..')]);
  return [...folders].filter((folder) => folder.startsWith('/tmp/')).sort();
}
