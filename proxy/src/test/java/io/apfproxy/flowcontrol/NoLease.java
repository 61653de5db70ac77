package io.apfproxy.flowcontrol;

/** Of no seats. */
public enum NoLease implements FakeLease {
  INSTANCE
}
