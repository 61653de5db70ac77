package io.apfproxy.queueset;

/** Why a request that found no seat got none beyond the limit either. */
public enum BurstDenial {
  /** The upstream is not idle, or nothing is known of it. */
  UPSTREAM,
  /** The level has not saved enough: a second for each seat of the request. */
  CREDIT,
  /** The level would hold more of them than its object says. */
  SEATS,
  /** Other levels hold what there is of them. */
  POOL
}
