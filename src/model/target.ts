/**
 * What can be asked whether it answers.
 *
 * icmp: by an echo request. tcp: by a connection that comes about. http: by a GET of the URL, which is `text`.
 *
 * Shape: `text` is what the spec has; `host` is an IP address without brackets, perhaps with a zone behind `%`, or a name; `port` is 1 to 65535.
 */
export type Target =
  | { readonly kind: 'icmp'; readonly text: string; readonly host: string }
  | { readonly kind: 'tcp'; readonly text: string; readonly host: string; readonly port: number }
  | { readonly kind: 'http'; readonly text: string; readonly host: string };
