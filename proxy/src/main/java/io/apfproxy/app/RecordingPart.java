package io.apfproxy.app;

import io.apfproxy.cli.ProxyOptions;
import io.apfproxy.cli.Reasons;
import io.apfproxy.cli.StartException;
import io.apfproxy.metrics.ProxyMetrics;
import io.apfproxy.recorded.HashedNaming;
import io.apfproxy.recorded.NamesKey;
import io.apfproxy.recorded.Naming;
import io.apfproxy.report.Reporter;
import io.apfproxy.server.listen.Bound;
import io.apfproxy.server.log.LineWriter;
import io.apfproxy.server.log.Recording;
import io.apfproxy.time.TimeSource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The recording of requests, for those who want one. */
final class RecordingPart {
  private static final int LONGEST_NAME = 63;

  private RecordingPart() {}

  /**
   * Starts it if that is asked for; it is closed after the listeners, so that it has all.
   *
   * @throws StartException if there is no key where one is needed
   */
  static Reporter open(ProxyOptions.Admin options, ProxyMetrics metrics, Closers closers)
      throws StartException {
    ProxyOptions.Recording asked = options.recording();
    if (asked == null) {
      return Reporter.NONE;
    }
    Recording recording =
        closers.add(
            "recording",
            Recording.open(
                new Recording.Place(asked.folder(), instance(), asked.maxSize(), asked.maxFiles()),
                naming(asked.namesKey()),
                TimeSource.system()));
    ListenerPart.show(
        List.of(
            new Bound(
                "recording", recording::waiting, LineWriter.MOST_WAITING, recording::dropped)),
        metrics);
    metrics.bindAccessLog("recording", recording::dropped);
    return recording;
  }

  private static Naming naming(@Nullable Path key) throws StartException {
    if (key == null) {
      return Naming.PLAIN;
    }
    try {
      return new HashedNaming(NamesKey.read(key));
    } catch (IOException e) {
      throw new StartException(
          "--record-names-key-file: cannot use "
              + key
              + " ("
              + Reasons.of(e)
              + "), expected a file of "
              + HashedNaming.KEY_BYTES
              + " bytes",
          e);
    }
  }

  /** The name of this machine or pod, as far as a file's name may have it. */
  private static String instance() {
    String name;
    try {
      name = InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      name = "proxy";
    }
    String fit = name.replaceAll("[^A-Za-z0-9.-]", "_");
    return fit.substring(0, Math.min(LONGEST_NAME, fit.length()));
  }
}
