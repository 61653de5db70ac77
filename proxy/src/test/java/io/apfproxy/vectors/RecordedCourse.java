package io.apfproxy.vectors;

import com.fasterxml.jackson.databind.JsonNode;
import io.apfproxy.queueset.QueuingShape;
import java.util.Comparator;
import java.util.PriorityQueue;

/** What happens in a recorded scenario of a queue set, in its order, in virtual time. */
public final class RecordedCourse {
  /** Order of what happens at one instant, by the rules of the recordings. */
  public enum Kind {
    LINGER_END,
    FINISH,
    CANCEL,
    EVENT,
    SNAPSHOT
  }

  private record Happening(long nanos, Kind kind, long turn, Runnable action) {
    static final Comparator<Happening> ORDER =
        Comparator.comparingLong(Happening::nanos)
            .thenComparing(Happening::kind)
            .thenComparingLong(Happening::turn);
  }

  private final PriorityQueue<Happening> agenda = new PriorityQueue<>(Happening.ORDER);
  private long turns;
  private long now;

  /** Nanoseconds since the scenario's beginning. */
  public long now() {
    return now;
  }

  /** What is put down later comes later, at the same instant. */
  public long nextTurn() {
    return turns++;
  }

  /** Puts something down. */
  public void at(long nanos, Kind kind, Runnable action) {
    at(nanos, kind, nextTurn(), action);
  }

  /**
   * Puts something down.
   *
   * @param turn among those of one instant and kind
   */
  public void at(long nanos, Kind kind, long turn, Runnable action) {
    agenda.add(new Happening(nanos, kind, turn, action));
  }

  /** Lets all happen, and what is put down meanwhile. */
  public void run() {
    for (Happening next = agenda.poll(); next != null; next = agenda.poll()) {
      now = next.nanos();
      next.action().run();
    }
  }

  /** The queues that a scenario begins with, or changes to. */
  public static QueuingShape shape(JsonNode node) {
    int queues = node.get("queues").intValue();
    return queues > 0
        ? new QueuingShape(
            queues, node.get("handSize").intValue(), node.get("queueLengthLimit").intValue())
        : new QueuingShape(queues, 0, 0);
  }
}
