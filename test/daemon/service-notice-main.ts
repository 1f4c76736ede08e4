/** A service that is up after a moment, and that works on and on once there is a file `/run/hang`, as a broken program does. */
import { existsSync } from 'node:fs';
import { ServiceNotice } from '../../src/daemon/service-notice.js';
import { systemClock } from '../../src/host/system-clock.js';

const log = { event: (_level: string, sentence: string) => console.log(sentence) };
const notice = new ServiceNotice({ environment: process.env, clock: systemClock(), log });
process.on('SIGTERM', () => {
  notice.stopping();
  setTimeout(() => process.exit(0), 3000);
});
setTimeout(() => notice.ready(), 500);
setInterval(() => {
  while (existsSync('/run/hang'));
}, 20);
