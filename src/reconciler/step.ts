import { unreachable } from '../base/invariant.js';
import { finishOperation } from '../lifecycle/finish-operation.js';
import { doubt } from '../lifecycle/resource-life.js';
import { finishRound } from '../lifecycle/ping-watch.js';
import { finishCheck } from '../lifecycle/resource-checks.js';
import { noteDrift, noteFailure, tellAlerts } from './alerts.js';
import { writeAttribute } from './attributes.js';
import { answerDigests, answerHeartbeats, beatIfDue, pushRecords, receiveMessage, sayOwedAcks } from './exchange.js';
import { carryOut } from './carry-out.js';
import { compareChanged, takeCompared } from './compare.js';
import { setCondition } from './conditions.js';
import { takeEventsLost, takeNudge, takePendingNudge } from './events.js';
import { publishFencing } from './fencing-report.js';
import { confirmFence, followFencing, takeFenceOutcome } from './fencing.js';
import { foundLine } from './founding.js';
import type { Effect, Input, StepTime } from './input-effect.js';
import { beginLeaving, endIncarnation, finishLeaving } from './leaving.js';
import { isLookDue } from './look.js';
import type { Effects, Mind } from './mind.js';
import { count, log } from './mind.js';
import { takeNodeCheck } from './node-checks.js';
import { publishSelf } from './publish-self.js';
import { replanIfNeeded } from './replan.js';
import { askForRetry, heedRetries } from './retries.js';
import { decoded, fileChanged, followPeers, undecodable, unread } from './revisions.js';
import { saveIfNeeded } from './save.js';
import { dropStoppedLeftovers } from './follow-spec.js';
import { stopLapsed } from './stop-path.js';
import { passTime } from './time-passes.js';
import { changeVoters } from './voter-change.js';
import { followVoters } from './voters.js';

/** Rounds of heartbeat and own answer within one step: a claim is sent, granted by the own voter, owned, said. More would be a loop. */
const ROUNDS_MAX = 4;

/**
 * The next value of a node's mind after some inputs that came at one time, and what is to be done.
 *
 * The mind is updated in place. Whatever the input, time passes first: leases lapse and promises run out before anything else is believed (R8).
 */
export function step(mind: Mind, inputs: readonly Input[], time: StepTime): Effect[] {
  const effects: Effects = [];
  if (mind.hasLeft) return effects;
  passTime(mind, time, effects);
  for (const input of inputs) take(mind, input, time, effects);
  answerDigests(mind, effects);
  dropStoppedLeftovers(mind);
  const isLookTime = isLookDue(mind, time.nowMs);
  if (isLookTime) followPeers(mind, time, effects);
  foundLine(mind, time, effects);
  followVoters(mind, time, effects);
  changeVoters(mind, time, effects);
  if (isLookTime) heedRetries(mind, time, effects);
  followFencing(mind, time, effects);
  let hasBeat = false;
  for (let round = 0; round < ROUNDS_MAX; round++) {
    stopLapsed(mind, time, effects);
    compareChanged(mind, effects);
    publishSelf(mind, time);
    replanIfNeeded(mind, time, effects);
    carryOut(mind, time, effects);
    if (!beatIfDue(mind, time, effects)) break;
    hasBeat = true;
    answerHeartbeats(mind, time, effects);
  }
  sayOwedAcks(mind, hasBeat, effects);
  compareChanged(mind, effects);
  endIncarnation(mind);
  publishSelf(mind, time);
  publishFencing(mind, time.nowMs);
  pushRecords(mind, effects);
  tellAlerts(mind, time, effects);
  finishLeaving(mind, time, effects);
  saveIfNeeded(mind, time, effects);
  return inOrder(effects);
}

/**
 * Saves, then sends, then the rest: what was promised is kept before it is said (S4).
 *
 * Of the saves those for this boot come first: a new spec must not be kept before what it leaves to be stopped.
 */
function inOrder(effects: Effects): Effect[] {
  if (effects.length < 2) return effects;
  const saves = effects
    .filter((effect) => effect.kind === 'save')
    .sort((a, b) => Number(a.durable) - Number(b.durable) || Number(b.isNeeded === true) - Number(a.isNeeded === true));
  const sends = effects.filter((effect) => effect.kind === 'send');
  const rest = effects.filter((effect) => effect.kind !== 'save' && effect.kind !== 'send');
  return [...saves, ...sends, ...rest];
}

function take(mind: Mind, input: Input, time: StepTime, effects: Effects): void {
  const { nowMs } = time;
  switch (input.kind) {
    case 'tick':
      return;
    case 'message':
      return receiveMessage(mind, input, time, effects);
    case 'bad-frame':
      return count(mind, `bad datagrams: ${input.why}`);
    case 'operated':
      return takeOutcome(mind, input, time, effects);
    case 'nudged': {
      const life = mind.lives.get(input.resource);
      if (life !== undefined) takeNudge(mind, life, time, effects);
      return;
    }
    case 'events-lost':
      return takeEventsLost(mind, input, time, effects);
    case 'touched-by-guard': {
      const life = mind.lives.get(input.resource);
      if (life === undefined) return;
      doubt(life, nowMs);
      mind.touched.add(input.resource);
      return;
    }
    case 'compared':
      return takeCompared(mind, input);
    case 'pinged': {
      const watch = mind.pings.get(input.ping);
      if (watch !== undefined && finishRound(watch, input.reachable)) {
        log(effects, 'info', `ping ${input.ping}: ${watch.reachable} of ${watch.ping.hosts.length} hosts answer`);
      }
      return;
    }
    case 'checked':
      return takeCheck(mind, input, time, effects);
    case 'file':
      return fileChanged(mind, input, time, effects);
    case 'file-lost':
      setCondition(mind.conditions, { kind: input.condition, severity: 'warning', sentence: input.sentence, nowMs });
      log(effects, 'warn', input.sentence);
      return;
    case 'decoded':
      return decoded(mind, input, time, effects);
    case 'undecodable':
      return undecodable(mind, input, time, effects);
    case 'unread':
      return unread(mind, input, time, effects);
    case 'planned':
      if (mind.planAsked === input.view) mind.planAsked = null;
      mind.plan = input.plan;
      mind.done.clear();
      return;
    case 'plan-failed':
      if (mind.planAsked === input.view) mind.planAsked = null;
      mind.planFor = null;
      mind.planView = null;
      mind.planAgainAtMs = nowMs + mind.holder.everyMs;
      return;
    case 'retry':
      return askForRetry(mind, input, time, effects);
    case 'fence-done':
      return takeFenceOutcome(mind, input, time, effects);
    case 'fence-confirmed':
      return confirmFence(mind, input.node, time, effects);
    case 'attribute':
      return writeAttribute(mind, input.change, time);
    case 'leave':
      return beginLeaving(mind, effects);
    default:
      return unreachable(input);
  }
}

function takeOutcome(mind: Mind, input: Extract<Input, { kind: 'operated' }>, time: StepTime, effects: Effects): void {
  const { operation, outcome } = input;
  const life = mind.lives.get(operation.resource.id);
  // A cancelled operation's late answer: what took its place decides.
  if (life === undefined || life.operation?.id !== operation.id) return;
  const { state, failures, drift } = life;
  const tookMs = time.nowMs - life.operationAtMs;
  const lesson = finishOperation(life, operation, outcome, time.nowMs);
  // A monitor that found what was known has nothing to tell others or the guard, and most operations are such.
  const isNews = operation.action !== 'monitor' || lesson !== null || life.state !== state || life.drift !== drift;
  if (isNews) mind.touched.add(operation.resource.id);
  if (lesson !== null) log(effects, lesson.level, lesson.sentence);
  noteFailure(mind, { life, before: failures, lesson, found: { operation, outcome, tookMs } });
  noteDrift(mind, { life, before: drift, found: { operation, outcome } });
  takePendingNudge(mind, life, time, effects);
  const id = `${operation.action}:${operation.resource.id}@${mind.node}`;
  // What is still unknown is to be probed again.
  if (life.state === 'unknown') return;
  if (outcome.kind !== 'failed' && outcome.kind !== 'timeout' && outcome.kind !== 'unknown') mind.done.add(id);
}

function takeCheck(mind: Mind, input: Extract<Input, { kind: 'checked' }>, time: StepTime, effects: Effects): void {
  const { resource, round, result } = input;
  if (resource === null) return takeNodeCheck(mind, round, result, effects);
  const life = mind.lives.get(resource);
  if (life === undefined) return;
  const { failures } = life;
  const lesson = finishCheck(life, { round, result, nowMs: time.nowMs });
  if (lesson === null) return;
  mind.touched.add(life.resource.id);
  log(effects, lesson.level, lesson.sentence);
  noteFailure(mind, { life, before: failures, lesson, found: null });
}
