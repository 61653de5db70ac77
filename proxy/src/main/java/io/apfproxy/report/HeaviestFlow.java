package io.apfproxy.report;

import io.apfproxy.flowcontrol.Classification;
import org.jspecify.annotations.Nullable;

/** Who uses a priority level most: the answer to "by whom" when it refuses. Thread-safe, cheap. */
@FunctionalInterface
public interface HeaviestFlow {
  /** Nobody counts. */
  HeaviestFlow NONE = level -> null;

  /**
   * The flow that held most seats of a level in the last ten seconds.
   *
   * @param level name of the priority level
   * @return null if nothing was held there, or nobody counts
   */
  @Nullable Flow heaviest(String level);

  /**
   * A flow of a level, and what it holds there.
   *
   * @param schema name of the FlowSchema
   * @param distinguisher user, namespace or empty; at most 128 bytes of it in UTF-8
   * @param seats mean seats held, never more than it really held
   */
  record Flow(String schema, String distinguisher, double seats) {
    /** Whether it is all that a schema lets in there: nobody was told apart. */
    public boolean isShared() {
      return distinguisher.isEmpty();
    }

    /** Whether a request that was put there is one of it. */
    public boolean isOf(Classification place) {
      return schema.equals(place.flowSchema())
          && distinguisher.equals(ShownText.of(place.flowDistinguisher()));
    }
  }
}
