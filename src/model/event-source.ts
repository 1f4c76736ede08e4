/** What tells of changes of this machine by itself. addresses: its IP addresses and network links. */
export type EventSource = 'addresses';
