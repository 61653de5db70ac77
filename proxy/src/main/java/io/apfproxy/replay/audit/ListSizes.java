package io.apfproxy.replay.audit;

import io.apfproxy.request.RequestInfo;
import io.apfproxy.work.ListWeights;
import io.apfproxy.work.ObjectStatistics;
import io.apfproxy.work.WorkInputs;
import java.util.Set;

/**
 * Counts lists of whose objects nothing is known, and those of which nothing but these is. Source:
 * specification seeing.md V-49, V-53.
 */
final class ListSizes {
  private static final String LIST = "list";
  private static final double ALL_PERCENT = 100;

  private final Set<String> known;
  private long unknown;
  private double served;
  private double servedUnknown;
  private long unweighed;
  private double servedUnweighed;

  /**
   * @param known {@code resource} or {@code resource.group}
   */
  ListSizes(Set<String> known) {
    this.known = known;
  }

  void add(LoggedRequest request) {
    RequestInfo info = request.digest().info();
    served += request.serviceNanos();
    if (!info.verb().equals(LIST)) {
      return;
    }
    WorkInputs recorded = request.inputs();
    if (!known.contains(ObjectStatistics.key(info))
        && (recorded == null || !recorded.knowsList())) {
      unknown++;
      servedUnknown += request.serviceNanos();
    } else if (recorded == null || recorded.listBytes() == ListWeights.UNKNOWN) {
      unweighed++;
      servedUnweighed += request.serviceNanos();
    }
  }

  /** Of which nothing is known. */
  long unknown() {
    return unknown;
  }

  /** Of the time that all requests were served. */
  double unknownPercent() {
    return percent(servedUnknown);
  }

  /** Of which it is known how many objects there are, but not what such a list weighed. */
  long unweighed() {
    return unweighed;
  }

  /** Of the time that all requests were served. */
  double unweighedPercent() {
    return percent(servedUnweighed);
  }

  private double percent(double part) {
    return served == 0 ? 0 : ALL_PERCENT * part / served;
  }
}
