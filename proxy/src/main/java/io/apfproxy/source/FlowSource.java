package io.apfproxy.source;

import io.apfproxy.config.SourceObject;
import java.util.List;

/** A place that schemas, levels and rate limits come from. Thread-safe. */
public interface FlowSource extends AutoCloseable {
  /** As in {@code --flowcontrol-source}. */
  String name();

  /** What it holds. Never blocks. */
  Snapshot snapshot();

  /**
   * Begins to read, on a thread of its own.
   *
   * @param changed called on any thread when {@link #snapshot} has become another one
   */
  void start(Runnable changed);

  @Override
  void close();

  /**
   * What a source held when last read.
   *
   * @param loaded whether it was ever read; if not, there are no objects
   * @param objects at most one of a kind and name
   * @param trouble why it may be out of date, one line for people; empty if it is not
   */
  record Snapshot(boolean loaded, List<SourceObject> objects, String trouble) {
    /** Nothing yet. */
    public static final Snapshot NOTHING = new Snapshot(false, List.of(), "not read yet");

    public Snapshot {
      objects = List.copyOf(objects);
    }

    /** The same objects, which may be out of date. */
    public Snapshot inTrouble(String why) {
      return new Snapshot(loaded, objects, why);
    }
  }

  /**
   * Seconds since the objects were last known to be current; since the start if they never were.
   */
  double ageSeconds();
}
