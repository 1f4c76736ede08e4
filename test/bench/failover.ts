/**
 * How long the client waits when something happens to its service, beside the targets and beside rivals in the same kind of hosts.
 *
 * `--with-rivals` measures keepalived and Pacemaker where Debian's packages are installed; it installs nothing. Without it figures seen elsewhere are
 * shown. `--only builtin|ocf|idle|idle-least|validate|keepalived|pacemaker` measures a part, `--rounds N` sets how often.
 */
import type { AgentForm } from '../e2e/harness/cluster-spec.js';
import { missingForLab } from '../e2e/harness/prerequisites.js';
import type { Bench } from './bench.js';
import { showFailover } from './failover-table.js';
import type { FailoverFigures } from './failover-table.js';
import type { FairleadFigures } from './fairlead-figures.js';
import { measureFairlead, measureIdle } from './fairlead-figures.js';
import { hasKeepalived, measureKeepalived } from './rivals/keepalived.js';
import type { PacemakerFigures } from './rivals/pacemaker.js';
import { hasPacemaker, measurePacemaker } from './rivals/pacemaker.js';
import { measureValidate } from './validate-process.js';

const ROUNDS_DEFAULT = 3;
const VALIDATE_ROUNDS = 7;
const IDLE_MS = 60_000;

/** A token of a second is what people set who want Pacemaker fast. */
const SHORT_TOKEN_MS = 1_000;

/** What Debian calls the rivals. */
const DEBIAN_PACKAGES = { keepalived: 'keepalived', pacemaker: 'pacemaker corosync pacemaker-cli-utils' } as const;

/** The bench. Errors: throws where no lab can be made. */
export const bench: Bench = async ({ rounds: asked, only, withRivals, tell }) => {
  const missing = missingForLab();
  if (missing.length > 0) {
    throw new Error(`this machine cannot carry a lab:\n  ${missing.join('\n  ')}`);
  }
  const rounds = asked ?? ROUNDS_DEFAULT;
  const isWanted = (part: string): boolean => only === null || only === part;
  const isRivalWanted = (rival: keyof typeof DEBIAN_PACKAGES, isThere: boolean): boolean => {
    const isAsked = only === null ? withRivals : only === rival;
    if (isAsked && !isThere) {
      tell(`${rival} is not installed here, so it is left out; apt-get install ${DEBIAN_PACKAGES[rival]}`);
    }
    return isAsked && isThere;
  };
  const ours = async (form: AgentForm): Promise<FairleadFigures | null> =>
    isWanted(form) ? await measureFairlead({ form, rounds, tell }) : null;
  const hasKept = isRivalWanted('keepalived', hasKeepalived());
  const hasPace = isRivalWanted('pacemaker', hasPacemaker());
  const pacemaker = async (tokenMs: number | null): Promise<PacemakerFigures | null> =>
    hasPace ? await measurePacemaker({ rounds, tokenMs, idleMs: IDLE_MS, tell }) : null;
  const figures: FailoverFigures = {
    validateMs: isWanted('validate') ? await measureValidate(VALIDATE_ROUNDS) : [],
    idle: isWanted('idle') ? await measureIdle(IDLE_MS, 'two links, a ping') : null,
    idleLeast: isWanted('idle-least') ? await measureIdle(IDLE_MS, 'one link, no ping') : null,
    builtin: await ours('builtin'),
    ocf: await ours('ocf'),
    keepalived: hasKept ? await measureKeepalived(rounds) : null,
    pacemaker: await pacemaker(null),
    pacemakerShortToken: await pacemaker(SHORT_TOKEN_MS),
  };
  return { table: showFailover(figures), figures };
};
