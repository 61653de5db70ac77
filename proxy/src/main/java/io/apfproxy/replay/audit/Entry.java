package io.apfproxy.replay.audit;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * One event of a log as it is sorted: numbers, and numbers of names. It is filled anew for each.
 * Order: by arrival, to the nanosecond, then by audit id, so that the events of one request stand
 * together.
 */
final class Entry {
  /** Of names that are too many to be numbered: they stand in the entry. */
  static final int INLINE = -1;

  /** Of a time that is not known. */
  static final long UNKNOWN = -1;

  /** A watch has been initialised. */
  static final int WATCH_STARTED = 1;

  /** A watch has ended, whether or not its other line stands in the log. */
  static final int WATCH_ENDED = 2;

  /** Its client left while it waited. */
  static final int LEFT = 4;

  // Which of the facts of a recording it has; they are written only if it does.
  static final int OBJECTS = 8;
  static final int WATCHERS = 16;
  static final int LEARNED = 32;

  private static final int ID_BITS = 53;
  private static final int WHOLE = 45;
  private static final int MOST_FACTS = 28;

  /** In microseconds since 1970. */
  long arrival;

  /**
   * By which those of one microsecond are in order: nanoseconds beyond it, above {@value #ID_BITS}
   * bits of a hash of the audit id.
   */
  long finer;

  /**
   * How long it was served, in nanoseconds, or {@link #UNKNOWN}; of one whose client left, how long
   * that took.
   */
  long service;

  /** When a watch ended, in microseconds since 1970, or {@link #UNKNOWN}. */
  long closed;

  int user;
  int target;
  int agent;
  int flags;
  long objects;
  long objectBytes;
  int watchers;
  long learnedBytes;
  String inlineTarget = "";
  String inlineUser = "";

  /**
   * Both in one number.
   *
   * @param nanos 0 to 999
   * @param id hash of the audit id
   */
  static long finer(long nanos, long id) {
    return nanos << ID_BITS | id >>> (Long.SIZE - ID_BITS);
  }

  /** Nanoseconds of the arrival beyond its microsecond. */
  long nanos() {
    return finer >>> ID_BITS;
  }

  boolean has(int flag) {
    return (flags & flag) != 0;
  }

  boolean isSameRequest(Entry other) {
    return arrival == other.arrival && finer == other.finer;
  }

  void write(DataOutput out) throws IOException {
    out.writeLong(arrival);
    out.writeLong(finer);
    out.writeLong(service);
    out.writeLong(closed);
    out.writeInt(user);
    out.writeInt(target);
    out.writeInt(agent);
    out.writeByte(flags);
    if (has(OBJECTS)) {
      out.writeLong(objects);
      out.writeLong(objectBytes);
    }
    if (has(WATCHERS)) {
      out.writeInt(watchers);
    }
    if (has(LEARNED)) {
      out.writeLong(learnedBytes);
    }
    if (target == INLINE) {
      write(out, inlineTarget);
    }
    if (user == INLINE) {
      write(out, inlineUser);
    }
  }

  private static void write(DataOutput out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  void read(DataInput in) throws IOException {
    arrival = in.readLong();
    finer = in.readLong();
    service = in.readLong();
    closed = in.readLong();
    user = in.readInt();
    target = in.readInt();
    agent = in.readInt();
    flags = in.readUnsignedByte();
    if (has(OBJECTS)) {
      objects = in.readLong();
      objectBytes = in.readLong();
    }
    if (has(WATCHERS)) {
      watchers = in.readInt();
    }
    if (has(LEARNED)) {
      learnedBytes = in.readLong();
    }
    if (target == INLINE) {
      inlineTarget = text(in);
    }
    if (user == INLINE) {
      inlineUser = text(in);
    }
  }

  private static String text(DataInput in) throws IOException {
    byte[] bytes = new byte[in.readInt()];
    in.readFully(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Bytes that it takes, at most. */
  int size() {
    return WHOLE
        + (has(OBJECTS) || has(WATCHERS) || has(LEARNED) ? MOST_FACTS : 0)
        + (target == INLINE ? Integer.BYTES + 3 * inlineTarget.length() : 0)
        + (user == INLINE ? Integer.BYTES + 3 * inlineUser.length() : 0);
  }

  void set(Entry other) {
    arrival = other.arrival;
    finer = other.finer;
    service = other.service;
    closed = other.closed;
    user = other.user;
    target = other.target;
    agent = other.agent;
    flags = other.flags;
    objects = other.objects;
    objectBytes = other.objectBytes;
    watchers = other.watchers;
    learnedBytes = other.learnedBytes;
    inlineTarget = other.inlineTarget;
    inlineUser = other.inlineUser;
  }
}
