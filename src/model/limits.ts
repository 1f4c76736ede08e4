import { invariant } from '../base/invariant.js';

/**
 * Every limit of the product, in one place. A loop, queue or buffer without a limit here is a defect.
 *
 * Shape: units stand last in each name. Source: ours; where a trial chose the number, the line says which.
 */
export const limits = {
  /** Characters of a name: of a cluster, node, group, resource or ping. They are printable ASCII without quote and backslash, so as many bytes on the wire. */
  idLengthMax: 63,
  /** Nodes in one spec. */
  nodesMax: 1000,
  /** Voters: a majority must answer each heartbeat, so more voters cost every node traffic and buy little past seven. */
  votersMax: 7,
  /** Groups in one spec. */
  groupsMax: 20_000,
  /** Addresses (links) of one node. */
  linksMax: 8,
  /** A spec's text, all files together. */
  specBytesMax: 16 * 1024 * 1024,
  /** Values in one spec, aliases counted as often as they stand for something. Ours: a text of the largest size has some 4 million. */
  specValuesMax: 4_000_000,
  /** How deep values of a spec may be nested. Ours: the deepest of a valid spec is 7. */
  specDepthMax: 64,
  /** Names that are compared with a misspelt one, over a whole validation, to say which was meant. */
  suggestionComparisonsMax: 2_000_000,
  /** A datagram on the wire, below the usual 1,500 bytes of an Ethernet frame with room for tunnels. */
  datagramBytesMax: 1400,
  /** One entry of a lease table or of a record, as JSON: a larger one fits no datagram beside the longest names and stops its node. */
  entryBytesMax: 1000,
  /** The part of a heartbeat that its table piece may fill. */
  tablePieceBytesMax: 800,
  /** The part of a datagram that a gossip delta may fill. */
  gossipPieceBytesMax: 1000,
  /** Heartbeats that one beat may need to bring a voter up to date. */
  piecesPerBeatMax: 8,
  /** Denied entries that one ack names; an ack that would need more counts for nothing. */
  denialsPerAckMax: 8,
  /** Node versions that one digest names; larger clusters take turns. */
  digestEntriesMax: 8,
  /** Heartbeats whose send time is remembered for their acks. */
  sentBeatsMax: 256,
  /** Claims of one node under way at once. */
  claimsMax: 8,
  /** Incarnations of one node that a voter remembers. */
  incarnationsPerNodeMax: 4,
  /** Candidates that a voter tells when a group becomes free. */
  waitersPerGroupMax: 8,
  /** Bytes of a kept process's log; of a longer one so much of the end is moved to its second file, and what was there before is dropped. */
  keptLogBytesMax: 1024 * 1024,
  /** Descendants of a kept process that are written down, so that they can be told from strangers when it is gone. */
  keptMembersMax: 256,
  /** Processes of one start whose end is told. Ours: a service has one or two that lose their parent. */
  startedProcessesMax: 16,
  /** Members that a guard ends at once: each may start a program. */
  guardKillsAtOnceMax: 8,
  /** Deeds of a guard that wait to be told by a daemon; older ones stand in its log. */
  guardActsMax: 20,
  /** Bytes of a guard's log; more is moved to its second file, and what was there before is dropped. */
  guardLogBytesMax: 256 * 1024,
  /** Bytes of a regular file in the place of a watchdog, before it begins anew. */
  watchdogFileBytesMax: 64 * 1024,
  /** Hosts of one ping that are asked at once. */
  pingHostsAtOnceMax: 8,
  /** Bytes of an answer's body in which a check looks for a text. */
  checkBodyBytesMax: 64 * 1024,
  /** Events of one source within {@link limits.eventsWindowMs}; with more it is left alone for a minute. Ours: a thousand addresses that come and go at once are fewer. */
  eventsPerWindowMax: 5000,
  eventsWindowMs: 10_000,
  /** Looks at paths that may hang at once: half of the threads that Node does its file work with. */
  hangingLooksMax: 2,
  /** Bytes of an agent's output that are kept, each of stdout and stderr. */
  agentOutputBytesMax: 64 * 1024,
  /** Bytes of an agent's metadata. */
  agentMetadataBytesMax: 1024 * 1024,
  /** Devices of one fencing level; the names of so many fit a certificate. */
  fenceDevicesPerLevelMax: 3,
  /** Calls of fence devices that a node's history keeps. */
  fenceCallsKeptMax: 200,
  /** Fencing levels of one node. */
  fenceLevelsMax: 8,
  /** Characters of a failure's reason that travel to other nodes. */
  reasonLengthMax: 200,
  /** Characters of a drift that travel to other nodes; the reason of a failure beside it is shortened by as many. */
  driftLengthMax: 120,
  /** Characters of what a node tells of a fence: a failure's reason, what is tried, and what a person can do. */
  fencingTextLengthMax: 500,
  /** Characters of the name of a node attribute. */
  attributeNameLengthMax: 100,
  /** Bytes of an attribute's value, as JSON. */
  attributeValueBytesMax: 400,
  /** Attributes that one node writes, those that it took away included: agents set a handful each. */
  attributesPerWriterMax: 512,
  /** Alerts that wait for one receiver; the oldest is dropped for a new one. Ours: more would be read by nobody. */
  alertsWaitingMax: 100,
  /** Bytes of a receiver's answer that are read before its connection is closed. */
  alertAnswerBytesMax: 64 * 1024,
  /** Failures of one resource that are remembered. */
  failuresPerResourceMax: 32,
  /** Bytes of a request body on the control socket. */
  controlBodyBytesMax: 16 * 1024 * 1024,
  /** Revisions of the past that a node remembers, to tell a file that catches up from one that is changed. */
  supersededRevisionsMax: 32,
  /** Pieces of a spec's text asked for at once. */
  specPiecesInFlightMax: 16,
  /** Bytes of a spec's text in one piece. */
  specPieceBytesMax: 900,
  /** How often one source of bad datagrams is logged. */
  badDatagramLogEveryMs: 60_000,
  /** Sources of bad datagrams that are told apart in the log. */
  badDatagramSourcesMax: 256,
  /** Nodes × groups up to which a plan is made on the heartbeat thread; larger plans go to the worker. Chosen so that a plan stays under 20 ms. */
  inlinePlanCellsMax: 1500,
} as const;

invariant(
  limits.tablePieceBytesMax + 500 <= limits.datagramBytesMax,
  'a heartbeat with a full table piece must fit a datagram',
);
