/** What tells of changes of this machine by itself. addresses: its IP addresses and network links. units: the units of its systemd. */
export type EventSource = 'addresses' | 'units';
