import type { Attribute, AttributeChange } from '../model/attribute.js';
import type { Status } from '../model/status.js';

/** What a shim may ask of its surroundings. */
export interface ShimWorld {
  /** Asks the daemon. Errors: rejects with a {@link ShimFailure}. */
  readonly attributes: () => Promise<readonly Attribute[]>;
  readonly setAttribute: (change: AttributeChange) => Promise<void>;
  readonly status: () => Promise<Status>;
  readonly retry: (request: { readonly resource: string; readonly node: string }) => Promise<void>;
  /** This node, as the spec calls it. */
  readonly node: string;
  /** The resource for whose agent the program was called; null for a call by hand. */
  readonly resource: string | null;
}

/** One program: what it prints for its arguments. Errors: rejects with a {@link ShimFailure}. */
export type Shim = (args: readonly string[], world: ShimWorld) => Promise<string>;

/** A program that does not do what it was asked. Shape: the message is one sentence; `code` the exit code. */
export class ShimFailure extends Error {
  override readonly name = 'ShimFailure';
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** Exit codes that agents tell apart. Source: crm_exit_t of Pacemaker 2.1. */
export const SHIM_EXIT = { ok: 0, failed: 1, notDone: 3, usage: 64, disconnected: 102, notThere: 105 } as const;
