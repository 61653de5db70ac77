package io.apfproxy.metrics;

import io.apfproxy.report.talkers.TopUsers;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import java.util.function.Supplier;

/** The heaviest users, where that was asked for: the only metrics that name users. V-23. */
final class TopUserGauges implements MultiCollector {
  private final Supplier<List<TopUsers.User>> users;

  TopUserGauges(Supplier<List<TopUsers.User>> users) {
    this.users = users;
  }

  @Override
  public MetricSnapshots collect() {
    GaugeSnapshot.Builder seats = Points.gauge(ProxyMeterName.TOP_USER_SEATS);
    GaugeSnapshot.Builder refused = Points.gauge(ProxyMeterName.TOP_USER_REFUSED);
    for (TopUsers.User user : users.get()) {
      Labels name = Labels.of("user", user.name());
      seats.dataPoint(Points.point(name, user.seats()));
      refused.dataPoint(Points.point(name, user.refused()));
    }
    return new MetricSnapshots(seats.build(), refused.build());
  }
}
