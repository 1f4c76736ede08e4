import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('bad-target', () => {
  it('finds a port where none is asked, an address without brackets, a URL with a password, a scheme that is not asked and what is no host', () => {
    expectProblems(
      `
pings:
  gateway:
    hosts:
      - 10.0.1.1
      - tcp:10.0.1.1:443
      - "tcp:[fd00::1]:443"
      - http://10.0.1.1:8080/health?deep=1
      - 10.0.1.1:443
      - tcp:fd00::1:443
      - tcp:10.0.1.1
      - tcp:10.0.1.1:70000
      - https://ops:secret@10.0.1.1/
      - http://10.0.1.1/#top
      - ftp://10.0.1.1/
      - 10.0.1.256
resources:
  a: { type: builtin:noop, requires: [gateway] }
`,
      [
        '8:9 error bad-target "10.0.1.1:443": ping "gateway" cannot ask "10.0.1.1:443" | an echo request has no port | = did you mean "tcp:10.0.1.1:443"?',
        '9:9 error bad-target "tcp:fd00::1:443": ping "gateway" cannot ask "tcp:fd00::1:443" | an IPv6 address with a port stands in brackets | = did you mean "tcp:[fd00::1]:443"?',
        '10:9 error bad-target "tcp:10.0.1.1": ping "gateway" cannot ask "tcp:10.0.1.1" | it has no port: write HOST:PORT | = write an IP address, `tcp:HOST:PORT`, or an http:// or https:// URL',
        '11:9 error bad-target "tcp:10.0.1.1:70000": ping "gateway" cannot ask "tcp:10.0.1.1:70000" | "70000" is no port; a port is 1 to 65535 | = write an IP address, `tcp:HOST:PORT`, or an http:// or https:// URL',
        '12:9 error bad-target "https://ops:secret@10.0.1.1/": ping "gateway" cannot ask "https://ops:secret@10.0.1.1/" | a user or password may not stand in it: a spec is copied to every node | = write an IP address, `tcp:HOST:PORT`, or an http:// or https:// URL',
        '13:9 error bad-target "http://10.0.1.1/#top": ping "gateway" cannot ask "http://10.0.1.1/#top" | what stands behind "#" is never sent | = write an IP address, `tcp:HOST:PORT`, or an http:// or https:// URL',
        '14:9 error bad-target "ftp://10.0.1.1/": ping "gateway" cannot ask "ftp://10.0.1.1/" | "ftp" is not asked; an address, tcp:HOST:PORT, http:// and https:// are | = write an IP address, `tcp:HOST:PORT`, or an http:// or https:// URL',
        '15:9 error bad-target "10.0.1.256": ping "gateway" cannot ask "10.0.1.256" | it is neither an IP address nor a host name | = write an IP address, `tcp:HOST:PORT`, or an http:// or https:// URL',
      ],
    );
  });

  it('finds a ping of an address that no machine has', () => {
    expectProblems(
      `
pings:
  gateway:
    hosts:
      - 0.0.0.0
      - 255.255.255.255
      - tcp:224.0.0.1:80
      - http://[ff02::1]/
      - "::ffff:10.0.1.1"
      - "fe80::1%eth0"
resources:
  a: { type: builtin:noop, requires: [gateway] }
`,
      [
        '4:9 error bad-target "0.0.0.0": ping "gateway" cannot ask "0.0.0.0" | it stands for every address | = write an IP address, `tcp:HOST:PORT`, or an http:// or https:// URL',
        '5:9 error bad-target "255.255.255.255": ping "gateway" cannot ask "255.255.255.255" | it is the broadcast address | = write an IP address, `tcp:HOST:PORT`, or an http:// or https:// URL',
        '6:9 error bad-target "tcp:224.0.0.1:80": ping "gateway" cannot ask "tcp:224.0.0.1:80" | it is a multicast address | = write an IP address, `tcp:HOST:PORT`, or an http:// or https:// URL',
        '7:9 error bad-target "http://[ff02::1]/": ping "gateway" cannot ask "http://[ff02::1]/" | it is a multicast address | = write an IP address, `tcp:HOST:PORT`, or an http:// or https:// URL',
        '8:9 error bad-target ""::ffff:10.0.1.1"": ping "gateway" cannot ask "::ffff:10.0.1.1" | it is an IPv4 address: write 10.0.1.1 | = write an IP address, `tcp:HOST:PORT`, or an http:// or https:// URL',
      ],
    );
  });

  it('finds a check of a port or a URL that is none', () => {
    expectProblems(
      `
resources:
  web:
    type: builtin:noop
    checks:
      port: { tcp: 127.0.0.1 }
      page: { http: 127.0.0.1/health }
      fine: { tcp: "[::1]:80" }
`,
      [
        '5:20 error bad-target "127.0.0.1": check "port" of resource "web" cannot ask "127.0.0.1" | it has no port: write HOST:PORT | = write `tcp: HOST:PORT`',
        '6:21 error bad-target "127.0.0.1/health": check "page" of resource "web" cannot ask "127.0.0.1/health" | it is no URL of the form http://HOST:PORT/PATH | = write `http: http://HOST:PORT/PATH`',
      ],
    );
  });
});
