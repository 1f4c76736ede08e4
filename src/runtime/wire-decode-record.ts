/**
 * Values of node records off the wire.
 *
 * Values are checked and then kept as they came, with members that this node does not know, because records are passed on: what an older node drops, no newer node
 * behind it would ever hear.
 */
import type { RecordValue } from '../model/record.js';
import { limits } from '../model/limits.js';
import {
  asBoolean,
  asCount,
  asFields,
  asFingerprint,
  asId,
  asMs,
  asNonce,
  asRow,
  asSha256,
  asText,
  malformed,
} from './wire-fields.js';
import type { Fields } from './wire-fields.js';

/** Characters of a record's kind, and of the name and version of the software. */
const WORD_LENGTH_MAX = 64;

const RESOURCE_STATES: readonly unknown[] = ['unknown', 'stopped', 'starting', 'running', 'failed', 'stopping'];
const LEASE_STATES: readonly unknown[] = ['claim', 'own', 'stop', 'lapsed'];
const OPTIONAL_TRUTHS = ['backingOff', 'halted', 'outdated', 'reloadable', 'fence'] as const;
const OPTIONAL_DURATIONS = ['startTookMs', 'stopTookMs'] as const;

/**
 * One value of a record.
 *
 * Shape: a value of a kind that this node does not know is returned as it is, under its own `kind`; whoever reads records passes over such kinds.
 * Errors: throws a MalformedError when a known kind says something impossible.
 */
export function decodeRecordValue(value: unknown): RecordValue {
  const fields = asFields(value);
  switch (asText(fields.kind, WORD_LENGTH_MAX)) {
    case 'self':
      checkSelf(asFields(fields.self));
      return fields as unknown as RecordValue;
    case 'heard':
      checkLinks(asFields(fields.links));
      return fields as unknown as RecordValue;
    case 'resource':
      return { ...fields, resource: decodeResource(asFields(fields.resource)) } as unknown as RecordValue;
    case 'lease':
      return { ...fields, lease: decodeLease(asFields(fields.lease)) } as unknown as RecordValue;
    case 'ping':
      checkPing(asFields(fields.ping));
      return fields as unknown as RecordValue;
    case 'seal':
      checkSeal(fields);
      return fields as unknown as RecordValue;
    case 'fenced':
      checkCertificate(asFields(fields.certificate));
      return fields as unknown as RecordValue;
    case 'fencing':
      checkFencing(asFields(fields.fencing));
      return fields as unknown as RecordValue;
    case 'attribute':
      checkAttribute(asFields(fields.attribute));
      return fields as unknown as RecordValue;
    case 'retry':
      checkRetry(asFields(fields.retry));
      return fields as unknown as RecordValue;
    default:
      return fields as unknown as RecordValue;
  }
}

function checkConfiguration(configuration: Fields): void {
  asCount(configuration.phase);
  asFingerprint(configuration.hash);
}

function checkSeal(fields: Fields): void {
  checkConfiguration(asFields(fields.configuration));
  const seal = asFields(fields.seal);
  asMs(seal.leaseMs);
  asMs(seal.stopBudgetMs);
  asCount(seal.epochMax);
}

function checkCertificate(certificate: Fields): void {
  asId(certificate.node);
  asNonce(certificate.incarnation);
  asId(certificate.by);
  asText(certificate.how, limits.reasonLengthMax);
  asCount(certificate.atWallMs);
}

function checkFencing(fencing: Fields): void {
  asId(fencing.node);
  asBoolean(fencing.hasFailed);
  asText(fencing.text, limits.fencingTextLengthMax);
}

function checkAttribute(attribute: Fields): void {
  if (attribute.node !== null) asId(attribute.node);
  asId(attribute.name, limits.attributeNameLengthMax);
  if (attribute.value !== null) asText(attribute.value, limits.attributeValueBytesMax);
  asBoolean(attribute.isLasting);
  asCount(attribute.stamp);
  if (attribute.life !== null) asNonce(attribute.life);
}

function checkRetry(retry: Fields): void {
  asId(retry.node);
  asId(retry.resource);
  asCount(retry.number);
}

function checkSelf(self: Fields): void {
  asNonce(self.incarnation);
  asBoolean(self.leaving);
  if (self.over !== undefined) asBoolean(self.over);
  asBoolean(self.quorate);
  asMs(self.leaseMsMax);
  asMs(self.stopBudgetMsMax);
  asText(self.software, WORD_LENGTH_MAX);
  if (self.configuration !== undefined) checkConfiguration(asFields(self.configuration));
  if (self.silent !== undefined) asBoolean(self.silent);
  if (self.carried !== undefined) asCount(self.carried);
  if (self.revision === null) return;
  const revision = asFields(self.revision);
  asCount(revision.generation, 1);
  asSha256(revision.hash);
  if (revision.parent !== null) asSha256(revision.parent);
}

function checkLinks(links: Fields): void {
  for (const [node, numbers] of Object.entries(links)) {
    asId(node);
    for (const link of asRow(numbers, limits.linksMax)) {
      if (asCount(link) >= limits.linksMax) malformed('link');
    }
  }
}

/** A state that only newer nodes know is `unknown` here, which is never taken for stopped. */
function decodeResource(resource: Fields): Fields {
  asId(resource.resource);
  asId(resource.node);
  asText(resource.state, WORD_LENGTH_MAX);
  asBoolean(resource.busy);
  asCount(resource.failures);
  asBoolean(resource.banned);
  asBoolean(resource.blocked);
  if (resource.reason !== undefined) asText(resource.reason, limits.reasonLengthMax);
  if (resource.drift !== undefined) asText(resource.drift, limits.driftLengthMax);
  for (const name of OPTIONAL_TRUTHS) if (resource[name] !== undefined) asBoolean(resource[name]);
  for (const name of OPTIONAL_DURATIONS) if (resource[name] !== undefined) asMs(resource[name]);
  return RESOURCE_STATES.includes(resource.state) ? resource : { ...resource, state: 'unknown' };
}

/** A state that only newer nodes know counts as held. */
function decodeLease(lease: Fields): Fields {
  asId(lease.group);
  asId(lease.node);
  asCount(lease.epoch);
  asText(lease.state, WORD_LENGTH_MAX);
  return LEASE_STATES.includes(lease.state) ? lease : { ...lease, state: 'own' };
}

function checkPing(ping: Fields): void {
  asId(ping.ping);
  asId(ping.node);
  if (ping.reachable !== null) asCount(ping.reachable);
  if (ping.turning !== undefined) asText(ping.turning, WORD_LENGTH_MAX);
  if (ping.reason !== undefined) asText(ping.reason, limits.reasonLengthMax);
}
