package io.apfproxy.upstream.wire;

/**
 * What a request does to the connection that carries it; only requests of one kind share one. A
 * small answer that comes behind large ones on the same connection waits for what of them lies in
 * the sockets' buffers, which is megabytes.
 */
public enum LaneKind {
  /** A question and an answer, as a rule both small. */
  SMALL,
  /** The answer may well be large: a list, or a page that is no resource. */
  LARGE,
  /** It may last: a watch, a log. It would crowd the others, and its window be slowed by them. */
  LASTING
}
