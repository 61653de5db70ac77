package io.apfproxy.replay.audit;

import static io.apfproxy.work.ObjectReading.NOT_TRACKED;

import io.apfproxy.cli.ProxyOptions.ListCost;
import io.apfproxy.replay.Terms;
import io.apfproxy.request.RequestInfo;
import io.apfproxy.work.ListWeights;
import io.apfproxy.work.ObjectReading;
import io.apfproxy.work.ObjectStatistics;
import io.apfproxy.work.WorkInputs;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the widths of requests are made from: of what a recording says and what whoever asks says,
 * that which counts. Source: specification seeing.md V-49, V-53, V-56.
 *
 * @param objects number and size by {@code resource} or {@code resource.group}; they count more
 *     than what was known when it was recorded
 * @param listCost whether what such lists weighed counts, and then more than {@code objects}; null
 *     if it counts where it did then, and {@code objects} more
 */
record KnownWidths(Map<String, Terms.Stored> objects, @Nullable ListCost listCost) {
  /** Null for what its server knows. */
  @Nullable WorkInputs inputs(Entry entry, RequestInfo info) {
    if (!entry.has(Entry.OBJECTS | Entry.WATCHERS | Entry.LEARNED)) {
      return null;
    }
    Terms.Stored told = objects.get(ObjectStatistics.key(info));
    ObjectReading known =
        entry.has(Entry.OBJECTS) ? fresh(entry.objects, entry.objectBytes) : NOT_TRACKED;
    return new WorkInputs(
        told == null ? known : fresh(told.count(), told.size()),
        entry.has(Entry.WATCHERS) ? entry.watchers : 0,
        entry.has(Entry.LEARNED) && countsWeight(told) ? entry.learnedBytes : ListWeights.UNKNOWN);
  }

  private boolean countsWeight(Terms.@Nullable Stored told) {
    return listCost == null ? told == null : listCost == ListCost.LEARNED;
  }

  private static ObjectReading fresh(long count, long size) {
    return new ObjectReading(ObjectReading.State.FRESH, count, size);
  }
}
