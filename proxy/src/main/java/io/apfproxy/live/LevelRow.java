package io.apfproxy.live;

import io.apfproxy.flowcontrol.LevelSnapshot;
import io.apfproxy.report.HeaviestFlow.Flow;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One priority level in one second.
 *
 * @param queueLengthLimit places of one queue; 0 where nobody waits
 * @param refused in the last second, in the order of {@code RejectReason}
 * @param waited bound on the 99th percentile of the waits of ten seconds, in seconds; NaN without
 *     any
 * @param heaviest who held most seats in the last ten seconds; null if nobody is known
 * @param shadow what really happened, and what would have; null where that is the same
 */
record LevelRow(
    LevelSnapshot level,
    int queueLengthLimit,
    List<Long> refused,
    double waited,
    @Nullable Flow heaviest,
    @Nullable Shadow shadow) {
  LevelRow {
    refused = List.copyOf(refused);
  }

  String name() {
    return level.name();
  }

  long refusedInAll() {
    return refused.stream().mapToLong(Long::longValue).sum();
  }

  /** Whether whoever sees both rows sees another figure. */
  boolean looksLike(LevelRow other) {
    return level.seatsInUse() == other.level.seatsInUse()
        && level.executing() == other.level.executing()
        && level.waiting() == other.level.waiting()
        && level.currentLimit() == other.level.currentLimit()
        && refused.equals(other.refused)
        && Double.compare(waited, other.waited) == 0
        && Objects.equals(shadow, other.shadow)
        && Objects.equals(heaviest, other.heaviest);
  }

  /** Whether both have the same form, which only a change of configuration or seats changes. */
  boolean shapedLike(LevelRow other) {
    return level.exempt() == other.level.exempt()
        && level.quiescing() == other.level.quiescing()
        && level.queues() == other.level.queues()
        && level.enforcedPercent() == other.level.enforcedPercent()
        && queueLengthLimit == other.queueLengthLimit
        && level.nominalLimit() == other.level.nominalLimit()
        && level.minLimit() == other.level.minLimit()
        && level.maxLimit() == other.level.maxLimit();
  }
}
