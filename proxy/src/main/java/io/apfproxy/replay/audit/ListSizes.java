package io.apfproxy.replay.audit;

import io.apfproxy.request.RequestInfo;
import io.apfproxy.work.ObjectStatistics;
import io.apfproxy.work.WorkInputs;
import java.util.Set;

/** Counts lists of whose objects nothing is known. Source: specification seeing.md V-49. */
final class ListSizes {
  private static final String LIST = "list";
  private static final double ALL_PERCENT = 100;

  private final Set<String> known;
  private long unknown;
  private double served;
  private double servedUnknown;

  /**
   * @param known {@code resource} or {@code resource.group}
   */
  ListSizes(Set<String> known) {
    this.known = known;
  }

  void add(LoggedRequest request) {
    RequestInfo info = request.digest().info();
    served += request.serviceNanos();
    WorkInputs recorded = request.inputs();
    if (info.verb().equals(LIST)
        && !known.contains(ObjectStatistics.key(info))
        && (recorded == null || !recorded.knowsList())) {
      unknown++;
      servedUnknown += request.serviceNanos();
    }
  }

  long unknown() {
    return unknown;
  }

  /** Of the time that all requests were served. */
  double unknownPercent() {
    return served == 0 ? 0 : ALL_PERCENT * servedUnknown / served;
  }
}
