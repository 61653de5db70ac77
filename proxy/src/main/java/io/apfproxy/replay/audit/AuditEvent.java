package io.apfproxy.replay.audit;

import java.util.ArrayList;
import java.util.List;

/**
 * The fields of one event that a replay needs. It is filled anew for each: an audit log has
 * millions. Texts are empty where they are absent.
 */
final class AuditEvent {
  /** Of times that are not there. */
  static final long UNKNOWN = Long.MIN_VALUE;

  String apiVersion = "";
  String kind = "";
  String stage = "";
  String auditId = "";
  String verb = "";

  /** Whether there is one, which may be empty. */
  boolean hasVerb;

  String requestUri = "";
  String agent = "";
  int code;

  /** In microseconds since 1970. */
  long received = UNKNOWN;

  /** Nanoseconds beyond that, below 1000. */
  long receivedNanos;

  /** In microseconds since 1970. */
  long staged = UNKNOWN;

  /** In nanoseconds; what the server's own flow control and ours before it let the request wait. */
  long waited;

  /** Whether it is of a recording of ours. */
  boolean recorded;

  /** Whether it was put into a level. */
  boolean placed;

  /** In nanoseconds, how long it needed its seats; {@link #UNKNOWN} if it got none. */
  long held = UNKNOWN;

  /** Rule by which the proxy refused it. */
  String refused = "";

  /** Number of objects that its width was made from, or {@link #UNKNOWN}. */
  long objects = UNKNOWN;

  /** Bytes of one of them. */
  long objectBytes;

  /** Watches that heard of it, or {@link #UNKNOWN}. */
  long watchers = UNKNOWN;

  /** Bytes that answers to such a list had, or {@link #UNKNOWN}. */
  long learnedBytes = UNKNOWN;

  /**
   * Whether it came to where the server asks whether this is allowed, which is behind its queues.
   */
  boolean authorized;

  final Somebody user = new Somebody();
  final Somebody impersonated = new Somebody();

  /** A user as the event names it. */
  static final class Somebody {
    String name = "";
    String uid = "";
    final List<String> groups = new ArrayList<>();

    void clear() {
      name = "";
      uid = "";
      groups.clear();
    }
  }

  void clear() {
    apiVersion = "";
    kind = "";
    stage = "";
    auditId = "";
    verb = "";
    hasVerb = false;
    requestUri = "";
    agent = "";
    code = 0;
    received = UNKNOWN;
    receivedNanos = 0;
    staged = UNKNOWN;
    waited = 0;
    recorded = false;
    placed = false;
    held = UNKNOWN;
    refused = "";
    objects = UNKNOWN;
    objectBytes = 0;
    watchers = UNKNOWN;
    learnedBytes = UNKNOWN;
    authorized = false;
    user.clear();
    impersonated.clear();
  }

  /** Whom flow control asks about. */
  Somebody who() {
    return impersonated.name.isEmpty() ? user : impersonated;
  }
}
