import type { MaybeSecret } from '../../model/cluster-spec.js';
import { isSecretParameter } from '../../model/fencing.js';
import type { Finding } from '../finding.js';
import type { Rule, RuleContext } from '../rule.js';
import type { PathPart } from '../source-index.js';

/** No secret stands in the spec, which is copied to every node and kept in a repository. */
export const secretInClearText: Rule = {
  code: 'secret-in-clear-text',
  needsWhole: [],
  *check({ spec, source }) {
    for (const { id, params } of spec.fencing.devices) {
      yield* clearTexts(params, { source, whose: `fence device "${id}"`, path: ['fencing', 'devices', id, 'params'] });
    }
    for (const receiver of spec.alerts) {
      const whose = `receiver "${receiver.id}" of alerts`;
      const path = ['alerts', receiver.id];
      if (receiver.kind === 'webhook')
        yield* clearTexts(receiver.headers, { source, whose, path: [...path, 'headers'] });
      else yield* clearTexts(receiver.params, { source, whose, path: [...path, 'params'] });
    }
  },
};

function* clearTexts(
  values: Readonly<Record<string, MaybeSecret>>,
  of: { readonly source: RuleContext['source']; readonly whose: string; readonly path: readonly PathPart[] },
): Iterable<Finding> {
  for (const [name, value] of Object.entries(values)) {
    if (typeof value !== 'string' || value === '' || !isSecretName(name)) continue;
    yield {
      severity: 'warning',
      message: `\`${name}\` of ${of.whose} stands in the spec for everybody to read`,
      at: of.source.key(...of.path, name),
      help: `write \`${name}: { file: /etc/fairlead/NAME }\` or \`{ env: NAME }\``,
    };
  }
}

/** Headers by which one is let in, and what looks like a secret by its name. */
function isSecretName(name: string): boolean {
  return /^(proxy-)?authorization$|^cookie$/i.test(name) || isSecretParameter(name.replaceAll('-', '_'));
}
