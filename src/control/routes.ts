/** Which request is answered by which handler. */
import type { ControlHandlers, ControlOutcome } from './handlers.js';
import type { Decoded } from './decode-request.js';
import {
  decodeAttributeChange,
  decodeCut,
  decodeFenceConfirm,
  decodeReconcile,
  decodeRetry,
} from './decode-request.js';
import { CONTROL_PATHS } from './paths.js';

/** An answer: a status code of HTTP and a value that becomes the JSON body. */
export interface Answer {
  readonly code: number;
  readonly body: unknown;
}

/** A word for programs and a sentence for people, as the body of every answer that is no success. */
export interface ControlError {
  readonly error: { readonly code: string; readonly message: string };
}

/** One thing that can be asked. Shape: `body` is the parsed JSON, undefined for an empty one. */
export interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly answer: (body: unknown) => Answer | Promise<Answer>;
}

/** An answer that says what went wrong. */
export function errorAnswer(code: number, word: string, message: string): Answer {
  const body: ControlError = { error: { code: word, message } };
  return { code, body };
}

/** Everything that can be asked of these handlers. */
export function routesOf(handlers: ControlHandlers): readonly Route[] {
  const { lab } = handlers;
  return [
    { method: 'GET', path: CONTROL_PATHS.health, answer: () => health(handlers) },
    { method: 'GET', path: CONTROL_PATHS.status, answer: () => ok(handlers.status()) },
    { method: 'GET', path: CONTROL_PATHS.spec, answer: () => ok(handlers.spec()) },
    {
      method: 'POST',
      path: CONTROL_PATHS.retry,
      answer: (body) => withBody(decodeRetry(body), async (request) => outcome(await handlers.retry(request))),
    },
    {
      method: 'POST',
      path: CONTROL_PATHS.leave,
      answer: async () => {
        const said = await handlers.leave();
        return said.ok ? { code: 202, body: {} } : outcome(said);
      },
    },
    {
      method: 'POST',
      path: CONTROL_PATHS.detach,
      answer: async () => {
        const said = await handlers.detach();
        return said.ok ? ok({ leftMs: said.leftMs, withoutKillPath: said.withoutKillPath }) : outcome(said);
      },
    },
    {
      method: 'POST',
      path: CONTROL_PATHS.reconcile,
      answer: (body) =>
        withBody(decodeReconcile(body), async (request) => {
          const said = await handlers.reconcile(request);
          return said.ok ? ok({ revision: said.revision, condition: said.condition }) : outcome(said);
        }),
    },
    { method: 'GET', path: CONTROL_PATHS.fenceHistory, answer: () => ok({ events: handlers.fenceHistory() }) },
    {
      method: 'POST',
      path: CONTROL_PATHS.fenceConfirm,
      answer: (body) =>
        withBody(decodeFenceConfirm(body), async (request) => outcome(await handlers.fenceConfirm(request))),
    },
    { method: 'GET', path: CONTROL_PATHS.attributes, answer: () => ok(handlers.attributes()) },
    {
      method: 'POST',
      path: CONTROL_PATHS.attributes,
      answer: (body) => withBody(decodeAttributeChange(body), (change) => outcome(handlers.setAttribute(change))),
    },
    ...(lab === undefined
      ? []
      : ([
          {
            method: 'POST',
            path: CONTROL_PATHS.labCut,
            answer: (body) => withBody(decodeCut(body), (request) => outcome(lab.cut(request))),
          },
          {
            method: 'POST',
            path: CONTROL_PATHS.labHeal,
            answer: () => {
              lab.heal();
              return ok({});
            },
          },
        ] satisfies Route[])),
  ];
}

function health(handlers: ControlHandlers): Answer {
  const { cluster, node, health: word, verdict } = handlers.status();
  return ok({ cluster, node, health: word, verdict });
}

function ok(body: unknown): Answer {
  return { code: 200, body };
}

function outcome(said: ControlOutcome): Answer {
  return said.ok ? ok({}) : errorAnswer(409, 'refused', said.why);
}

function withBody<T>(decoded: Decoded<T>, answer: (value: T) => Answer | Promise<Answer>): Answer | Promise<Answer> {
  return decoded.kind === 'ok' ? answer(decoded.value) : errorAnswer(400, 'bad-body', decoded.why);
}
