import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { UdpTransport } from '../../src/host/udp-transport.js';
import type { LogLevel } from '../../src/ports/log.js';
import { transportContract } from '../contract/transport-contract.js';
import { ManualClock } from './manual-clock.js';

/** An address on the loopback interface, another one for each call and each process. */
function ownAddress(): string {
  addresses += 1;
  return `127.${1 + (process.pid % 250)}.${(process.pid >> 8) % 250}.${addresses}`;
}
let addresses = 0;

/** In TEST-NET-1 (RFC 5737), which no machine has. */
const FOREIGN_ADDRESS = '192.0.2.1';

/** A port that is free at all of these addresses. */
async function freePort(list: readonly string[]): Promise<number> {
  const [first = '127.0.0.1'] = list;
  const socket = createSocket(first.includes(':') ? 'udp6' : 'udp4');
  const { port } = await new Promise<{ port: number }>((resolve) =>
    socket.bind({ address: first, port: 0 }, () => resolve(socket.address())),
  );
  socket.close();
  return port;
}

/** Waits for the network, turn by turn; what never arrives ends with the test's own time. */
async function settle(isDone: () => boolean): Promise<void> {
  while (!isDone()) await nextTurn();
  await nextTurn();
}

const hasIpv6 = await new Promise<boolean>((resolve) => {
  const socket = createSocket('udp6');
  socket.on('error', () => resolve(false));
  socket.bind({ address: '::1', port: 0 }, () => {
    socket.close();
    resolve(true);
  });
});

const running: UdpTransport[] = [];
const sockets: Socket[] = [];
afterEach(() => {
  for (const transport of running.splice(0)) transport.close();
  for (const socket of sockets.splice(0)) socket.close();
});

/** A transport with a clock by hand, its log lines and the sockets that it made. */
function begin(options: { readonly addresses: readonly string[]; readonly port: number }) {
  const clock = new ManualClock();
  const lines: string[] = [];
  const log = { event: (level: LogLevel, sentence: string) => void lines.push(`${level} ${sentence}`) };
  const made: Socket[] = [];
  const transport = new UdpTransport({
    ...options,
    clock,
    log,
    openSocket: (socketOptions) => {
      const socket = createSocket(socketOptions);
      made.push(socket);
      return socket;
    },
  });
  running.push(transport);
  const arrived: string[] = [];
  transport.listen((arrivals) => {
    for (const { link, address, frame } of arrivals) arrived.push(`${link} ${address} ${Buffer.from(frame)}`);
  });
  return { transport, clock, lines, made, arrived };
}

transportContract('UDP over IPv4', async () => {
  const addressesOfA = [ownAddress(), ownAddress()] as const;
  const addressesOfB = [ownAddress(), ownAddress()] as const;
  const port = await freePort(addressesOfA);
  const log = { event: () => undefined };
  const make = (list: readonly string[]) => new UdpTransport({ addresses: list, port, clock: new ManualClock(), log });
  const [a, b] = [make(addressesOfA), make(addressesOfB)];
  return {
    a,
    b,
    addressesOfA,
    addressesOfB,
    nobody: ownAddress(),
    frame: (text: string): Uint8Array => Buffer.from(text),
    text: (frame: Uint8Array) => Buffer.from(frame).toString(),
    settle,
    end: () => {
      a.close();
      b.close();
    },
  };
});

describe('UDP', () => {
  it.skipIf(!hasIpv6)('has links of both IPv4 and IPv6', async () => {
    const list = ['::1', ownAddress()];
    const { transport, arrived } = begin({ addresses: list, port: await freePort(list) });
    list.forEach((address, link) => {
      transport.send({ link, address, frame: Buffer.from('x') });
    });
    await settle(() => arrived.length === 2);
    expect(arrived.sort()).toEqual([`0 ::1 x`, `1 ${list[1]} x`]);
  });

  it('asks the kernel for a large receive buffer', async () => {
    const address = ownAddress();
    const { made } = begin({ addresses: [address], port: await freePort([address]) });
    const plain = createSocket('udp4');
    sockets.push(plain);
    await new Promise<void>((resolve) => plain.bind({ address, port: 0 }, resolve));
    plain.setRecvBufferSize(2 * 1024 * 1024);
    expect(made[0]?.getRecvBufferSize()).toBe(plain.getRecvBufferSize());
  });

  it('counts what each link sent, received and could not send', async () => {
    const list = [ownAddress(), ownAddress()];
    const { transport, arrived } = begin({ addresses: list, port: await freePort(list) });
    const [address = ''] = list;
    transport.send({ link: 0, address, frame: Buffer.from('x') });
    transport.send({ link: 0, address: 'lb1.example.org', frame: Buffer.from('x') });
    transport.send({ link: 0, address: '2001:db8::1', frame: Buffer.from('x') });
    transport.send({ link: 0, address, frame: Buffer.alloc(70_000) });
    await settle(() => arrived.length === 1 && transport.counters()[0]?.sendErrors === 3);
    expect(transport.counters()).toEqual([
      { link: 0, address: list[0], isOpen: true, trouble: null, sent: 1, received: 1, sendErrors: 3 },
      { link: 1, address: list[1], isOpen: true, trouble: null, sent: 0, received: 0, sendErrors: 0 },
    ]);
  });

  it('works on the links whose address is there while another is not, and says so once', async () => {
    const address = ownAddress();
    const port = await freePort([address]);
    const { transport, clock, lines, made, arrived } = begin({ addresses: [FOREIGN_ADDRESS, address], port });
    transport.send({ link: 0, address: FOREIGN_ADDRESS, frame: Buffer.from('lost') });
    transport.send({ link: 1, address, frame: Buffer.from('x') });
    await settle(() => arrived.length === 1);
    clock.advance(10_000);
    expect(made).toHaveLength(2 + 10);
    const trouble = 'this machine does not have the address (EADDRNOTAVAIL)';
    const sentence = `link 0 cannot use "192.0.2.1" port ${port}: ${trouble}; it is tried again each second`;
    expect(lines).toEqual([`warn ${sentence}`]);
    expect(transport.counters()[0]).toMatchObject({ isOpen: false, trouble, sendErrors: 1 });
  });

  it('takes an address within a second of its becoming free', async () => {
    const address = ownAddress();
    const squatter = createSocket('udp4');
    const port = await new Promise<number>((resolve) =>
      squatter.bind({ address, port: 0 }, () => resolve(squatter.address().port)),
    );
    const { transport, clock, lines, arrived } = begin({ addresses: [address], port });
    clock.advance(3000);
    expect(transport.counters()[0]?.isOpen).toBe(false);
    squatter.close();
    clock.advance(1000);
    transport.send({ link: 0, address, frame: Buffer.from('x') });
    await settle(() => arrived.length === 1);
    expect(lines).toEqual([
      `warn link 0 cannot use "${address}" port ${port}: another program uses it (EADDRINUSE); it is tried again each second`,
      `info link 0 is open again on "${address}" port ${port}`,
    ]);
  });

  it('makes a socket again that failed', async () => {
    const address = ownAddress();
    const { transport, clock, lines, made, arrived } = begin({ addresses: [address], port: await freePort([address]) });
    made[0]?.emit('error', Object.assign(new Error('recvmsg EIO'), { code: 'EIO' }));
    made[0]?.emit('error', Object.assign(new Error('recvmsg EIO'), { code: 'EIO' }));
    transport.send({ link: 0, address, frame: Buffer.from('lost') });
    clock.advance(1000);
    expect(made).toHaveLength(2);
    transport.send({ link: 0, address, frame: Buffer.from('x') });
    await settle(() => arrived.length === 1);
    made[0]?.emit('error', new Error('late'));
    expect(lines.map((line) => line.slice(0, 4))).toEqual(['warn', 'info']);
    expect(transport.counters()[0]?.isOpen).toBe(true);
  });

  it('tries nothing any more once closed', () => {
    const { transport, clock, made } = begin({ addresses: [FOREIGN_ADDRESS], port: 7418 });
    transport.close();
    clock.advance(10_000);
    expect([made.length, clock.waiting]).toEqual([1, 0]);
  });

  it('never looks a name up: one for an own address is a trouble like any other', () => {
    const { lines, made } = begin({ addresses: ['lb1.example.org'], port: 7418 });
    expect(made).toEqual([]);
    expect(lines[0]).toContain('link 0 cannot use "lb1.example.org" port 7418: it is no IP address');
  });
});
