package io.apfproxy.app;

import io.apfproxy.kube.access.Certificates;
import io.apfproxy.kube.access.UpstreamAccessException;
import io.apfproxy.time.TimeSource;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who vouches for the administrators: a file, read again when it changes; a bad one leaves what was
 * read before in force. Thread-safe.
 */
@SuppressWarnings("JavaUtilDate") // certificates speak Date
final class BreakGlassAuthority {
  private static final Logger LOG = LoggerFactory.getLogger(BreakGlassAuthority.class);
  private static final String FLAG = "--break-glass-client-ca-file";
  private static final double DAY_MILLIS = Duration.ofDays(1).toMillis();

  private final Path file;
  private final TimeSource time;
  private volatile List<X509Certificate> certificates;
  private String lastProblem = "";

  private BreakGlassAuthority(Path file, List<X509Certificate> certificates, TimeSource time) {
    this.file = file;
    this.time = time;
    this.certificates = certificates;
  }

  /**
   * Reads the file.
   *
   * @throws UpstreamAccessException naming flag and file, if there is no certificate in it
   */
  static BreakGlassAuthority read(Path file, TimeSource time) throws UpstreamAccessException {
    return new BreakGlassAuthority(file, Certificates.read(file, FLAG), time);
  }

  List<X509Certificate> certificates() {
    return certificates;
  }

  /** Reads it again; says what is in it if that is something new. */
  synchronized Optional<List<X509Certificate>> readAgain() {
    try {
      List<X509Certificate> read = Certificates.read(file, FLAG);
      lastProblem = "";
      if (read.equals(certificates)) {
        return Optional.empty();
      }
      certificates = read;
      LOG.info("administrators are those of the new certificates in {}", file);
      return Optional.of(read);
    } catch (UpstreamAccessException e) {
      String problem = String.valueOf(e.getMessage());
      if (!problem.equals(lastProblem)) {
        LOG.warn("{}; what was read before stays in use", problem);
        lastProblem = problem;
      }
      return Optional.empty();
    }
  }

  /** Days until the first of them ends; negative after that. */
  double daysLeft() {
    long now = time.epochMillis();
    return certificates.stream()
        .mapToLong(certificate -> certificate.getNotAfter().getTime())
        .mapToDouble(end -> (end - now) / DAY_MILLIS)
        .min()
        .orElse(Double.NaN);
  }
}
