import type { Finding } from '../finding.js';
import { parseIpAddress, unusableBecause } from '../ip-address.js';
import type { Rule, RuleContext } from '../rule.js';
import type { PathPart } from '../source-index.js';
import type { BadTarget } from '../target.js';
import { parseHostPort, parseTarget, parseUrl } from '../target.js';
import { writtenChecks } from '../written-checks.js';

/** What pings and checks ask can be asked: an address, a port of one, or a URL. */
export const badTarget: Rule = {
  code: 'bad-target',
  needsWhole: [],
  *check(context) {
    for (const { id, hosts } of context.spec.pings) {
      for (const [index, { text }] of hosts.entries()) {
        const path = ['pings', id, 'hosts', index];
        const help = 'write an IP address, `tcp:HOST:PORT`, or an http:// or https:// URL';
        yield* judge(context, { target: usable(parseTarget(text)), text, path, words: `ping "${id}"`, help });
      }
    }
    for (const { check, path, words } of writtenChecks(context.document)) {
      const { tcp, http } = check;
      if (tcp !== undefined) {
        const help = 'write `tcp: HOST:PORT`';
        yield* judge(context, { target: parseHostPort(tcp), text: tcp, path: [...path, 'tcp'], words, help });
      }
      if (http !== undefined) {
        const help = 'write `http: http://HOST:PORT/PATH`';
        yield* judge(context, { target: parseUrl(http), text: http, path: [...path, 'http'], words, help });
      }
    }
  },
};

/** An address that is nobody's answers nobody. */
function usable(target: ReturnType<typeof parseTarget>): ReturnType<typeof parseTarget> {
  const address = target.kind === 'bad' ? null : parseIpAddress(target.host);
  const why = address === null ? null : unusableBecause(address);
  return why === null ? target : { kind: 'bad', why };
}

function* judge(
  { source }: RuleContext,
  asked: {
    readonly target: BadTarget | { readonly kind: 'icmp' | 'tcp' | 'http' };
    readonly text: string;
    readonly path: readonly PathPart[];
    readonly words: string;
    readonly help: string;
  },
): Iterable<Finding> {
  const { target } = asked;
  if (target.kind !== 'bad') return;
  yield {
    severity: 'error',
    message: `${asked.words} cannot ask "${asked.text}"`,
    at: source.value(...asked.path),
    label: target.why,
    help: target.meant === undefined ? asked.help : `did you mean "${target.meant}"?`,
  };
}
