package io.apfproxy.app;

import io.apfproxy.cli.ProxyOptions;
import io.apfproxy.flowcontrol.ApfFlowControl;
import io.apfproxy.kube.access.UpstreamAccess;
import io.apfproxy.kube.watch.ObjectCounts;
import io.apfproxy.timer.Timers;
import io.apfproxy.tls.PemKeyPair;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a running proxy does again and again. */
final class Housekeeping {
  /*
   * Three threads: what is arithmetic, what asks the upstream for a moment, and what reads a page that may be large and slow.
   */
  private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);
  private static final Duration BORROWING_PERIOD = Duration.ofSeconds(10);
  private static final Duration CERTIFICATE_PERIOD = Duration.ofSeconds(10);
  private static final Duration UPSTREAM_PERIOD = Duration.ofSeconds(2);
  private static final Duration COUNTS_PERIOD = Duration.ofSeconds(60);

  private final Closers closers;

  Housekeeping(Closers closers) {
    this.closers = closers;
  }

  /**
   * Lets levels lend and borrow, and counts objects where that is asked for.
   *
   * @param timers for what never blocks
   */
  void keepSeats(
      ProxyOptions.FlowControlling options,
      FlowControlPart flowControl,
      Timers timers,
      UpstreamAccess access) {
    timers.every(BORROWING_PERIOD, flowControl::adjustBorrowing);
    ApfFlowControl fair = flowControl.fair();
    if (options.pollObjectCounts() && fair != null) {
      ObjectCounts counts = new ObjectCounts(access.client(), fair.polledObjects());
      Timers polls = closers.add("object counts", new Timers("object-counts"));
      polls.every(COUNTS_PERIOD, counts::poll).now();
    }
  }

  /** Looks whether the upstream is still there, and whether there is a new certificate. */
  void keepUp(
      UpstreamHealth upstream,
      ServingCertificate certificate,
      List<ListenerPart> listeners,
      AdminPart admin) {
    Timers checks = closers.add("checks", new Timers("checks"));
    checks.every(UPSTREAM_PERIOD, upstream::check);
    checks.every(CERTIFICATE_PERIOD, () -> renew(certificate, listeners, admin));
  }

  private static void renew(
      ServingCertificate certificate, List<ListenerPart> listeners, AdminPart admin) {
    if (certificate.reloadIfChanged()) {
      PemKeyPair renewed = certificate.current().pem();
      List<Future<Void>> replaced = new ArrayList<>(List.of(admin.replaceCertificate(renewed)));
      listeners.forEach(listener -> replaced.add(listener.replaceCertificate(renewed)));
      Future.join(replaced)
          .onFailure(cause -> LOG.warn("the new certificate is not used: {}", cause.getMessage()));
    }
  }
}
