/** Every rule of meaning. The order does not matter: problems are told in the order of the text. */
import type { Rule } from './rule.js';
import { acknowledgeMissing } from './rules/acknowledge-missing.js';
import { addressOfNode } from './rules/address-of-node.js';
import { addressUsedTwice } from './rules/address-used-twice.js';
import { agentNotHere } from './rules/agent-not-here.js';
import { alertReceiver } from './rules/alert-receiver.js';
import { alertTemplate } from './rules/alert-template.js';
import { apartNeedsMoreNodes } from './rules/apart-needs-more-nodes.js';
import { attributeWish } from './rules/attribute-wish.js';
import { awsEipParams } from './rules/aws-eip-params.js';
import { awsPrivateIpParams } from './rules/aws-private-ip-params.js';
import { awsRouteParams } from './rules/aws-route-params.js';
import { badAddress } from './rules/bad-address.js';
import { badTarget } from './rules/bad-target.js';
import { checkKind } from './rules/check-kind.js';
import { badUrl } from './rules/bad-url.js';
import { deprecatedParameter } from './rules/deprecated-parameter.js';
import { duplicateName } from './rules/duplicate-name.js';
import { durationOutOfRange } from './rules/duration-out-of-range.js';
import { emptyGroup } from './rules/empty-group.js';
import { evenVotes } from './rules/even-votes.js';
import { failurePolicyForgets } from './rules/failure-policy-forgets.js';
import { fenceDeviceNoProof } from './rules/fence-device-no-proof.js';
import { fenceDeviceOnTarget } from './rules/fence-device-on-target.js';
import { fenceDevicesUnused } from './rules/fence-devices-unused.js';
import { fenceLevelOfOtherNode } from './rules/fence-level-of-other-node.js';
import { fenceParams } from './rules/fence-params.js';
import { fencePlugs } from './rules/fence-plugs.js';
import { fenceRace } from './rules/fence-race.js';
import { groupOnStandby } from './rules/group-on-standby.js';
import { groupWithoutNode } from './rules/group-without-node.js';
import { healthCheckAbsolute } from './rules/health-check-absolute.js';
import { keysSaidTwice } from './rules/keys-said-twice.js';
import { leaseArithmetic } from './rules/lease-arithmetic.js';
import { leaseTooLarge } from './rules/lease-too-large.js';
import { linksDiffer } from './rules/links-differ.js';
import { listedTwice } from './rules/listed-twice.js';
import { missingParameter } from './rules/missing-parameter.js';
import { monitorInterval } from './rules/monitor-interval.js';
import { nameDiffersByCase } from './rules/name-differs-by-case.js';
import { noVoter } from './rules/no-voter.js';
import { nodeWithoutFenceDevice } from './rules/node-without-fence-device.js';
import { orderCycle } from './rules/order-cycle.js';
import { parameterType } from './rules/parameter-type.js';
import { parameterUnique } from './rules/parameter-unique.js';
import { pingAbsoluteSingleTarget } from './rules/ping-absolute-single-target.js';
import { pingHostIsName } from './rules/ping-host-is-name.js';
import { pingHostIsNode } from './rules/ping-host-is-node.js';
import { pingNeed } from './rules/ping-need.js';
import { pingNotAVote } from './rules/ping-not-a-vote.js';
import { placementContradiction } from './rules/placement-contradiction.js';
import { placementOnMember } from './rules/placement-on-member.js';
import { resourceInTwoGroups } from './rules/resource-in-two-groups.js';
import { scriptParams } from './rules/script-params.js';
import { secretInClearText } from './rules/secret-in-clear-text.js';
import { selfReference } from './rules/self-reference.js';
import { sharedDisk } from './rules/shared-disk.js';
import { singleVoter } from './rules/single-voter.js';
import { standbyActsAsMove } from './rules/standby-acts-as-move.js';
import { stopBudget } from './rules/stop-budget.js';
import { timeoutBelowAdvice } from './rules/timeout-below-advice.js';
import { tooManyVoters } from './rules/too-many-voters.js';
import { twoVotersNoWitness } from './rules/two-voters-no-witness.js';
import { unitEnabledAtBoot } from './rules/unit-enabled-at-boot.js';
import { unitUsedTwice } from './rules/unit-used-twice.js';
import { unknownAgent } from './rules/unknown-agent.js';
import { unknownCheck } from './rules/unknown-check.js';
import { unknownFenceDevice } from './rules/unknown-fence-device.js';
import { unknownGroup } from './rules/unknown-group.js';
import { unknownLabel } from './rules/unknown-label.js';
import { unknownNode } from './rules/unknown-node.js';
import { unknownParameter } from './rules/unknown-parameter.js';
import { unknownPing } from './rules/unknown-ping.js';
import { unknownResource } from './rules/unknown-resource.js';
import { unmonitoredResource } from './rules/unmonitored-resource.js';
import { unsafeQuorum } from './rules/unsafe-quorum.js';
import { unusedCheck } from './rules/unused-check.js';
import { unusedPing } from './rules/unused-ping.js';
import { vipParams } from './rules/vip-params.js';
import { watchdogTooSlow } from './rules/watchdog-too-slow.js';
import { withAndApart } from './rules/with-and-apart.js';

/** The rules, by code. */
export const allRules: readonly Rule[] = [
  acknowledgeMissing,
  addressOfNode,
  addressUsedTwice,
  agentNotHere,
  alertReceiver,
  alertTemplate,
  apartNeedsMoreNodes,
  attributeWish,
  awsEipParams,
  awsPrivateIpParams,
  awsRouteParams,
  badAddress,
  badTarget,
  checkKind,
  badUrl,
  deprecatedParameter,
  duplicateName,
  durationOutOfRange,
  emptyGroup,
  evenVotes,
  failurePolicyForgets,
  fenceDeviceNoProof,
  fenceDeviceOnTarget,
  fenceDevicesUnused,
  fenceLevelOfOtherNode,
  fenceParams,
  fencePlugs,
  fenceRace,
  groupOnStandby,
  groupWithoutNode,
  healthCheckAbsolute,
  keysSaidTwice,
  leaseArithmetic,
  leaseTooLarge,
  linksDiffer,
  listedTwice,
  missingParameter,
  monitorInterval,
  nameDiffersByCase,
  noVoter,
  nodeWithoutFenceDevice,
  orderCycle,
  parameterType,
  parameterUnique,
  pingAbsoluteSingleTarget,
  pingHostIsName,
  pingHostIsNode,
  pingNeed,
  pingNotAVote,
  placementContradiction,
  placementOnMember,
  resourceInTwoGroups,
  scriptParams,
  secretInClearText,
  selfReference,
  sharedDisk,
  singleVoter,
  standbyActsAsMove,
  stopBudget,
  timeoutBelowAdvice,
  tooManyVoters,
  twoVotersNoWitness,
  unitEnabledAtBoot,
  unitUsedTwice,
  unknownAgent,
  unknownCheck,
  unknownFenceDevice,
  unknownGroup,
  unknownLabel,
  unknownNode,
  unknownParameter,
  unknownPing,
  unknownResource,
  unmonitoredResource,
  unsafeQuorum,
  unusedCheck,
  unusedPing,
  vipParams,
  watchdogTooSlow,
  withAndApart,
];
