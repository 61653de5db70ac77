package io.apfproxy.budget;

/**
 * How loaded the upstream is, judged by how long it keeps a tiny request waiting. Source:
 * specification limits.md L-43.
 */
public enum UpstreamLoad {
  /** Nothing was heard yet. */
  UNKNOWN,
  /** Less than a quarter of the target. */
  IDLE,
  /** Less than the target. */
  BUSY,
  OVERLOADED,
  /** Nobody is there. */
  DOWN
}
