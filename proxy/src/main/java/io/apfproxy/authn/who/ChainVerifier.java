package io.apfproxy.authn.who;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.apfproxy.authn.memo.Memo;
import io.apfproxy.authn.memo.Remembered;
import io.apfproxy.authn.memo.ReviewQueue;
import io.apfproxy.authn.memo.UserBytes;
import io.apfproxy.authn.who.ChainPaths.Path;
import io.apfproxy.time.TimeSource;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Verifies client certificates against one pool of authorities, as Go's verifier does. Thread-safe.
 *
 * <p>The work is done once per chain, elsewhere, and remembered, good or bad; validity is looked at
 * every time, so that a certificate ends on a connection that lives on.
 */
@SuppressWarnings("JavaUtilDate") // certificates speak Date
final class ChainVerifier {
  /*
   * A stranger may send what he likes, so all that grows with it is bounded: the ways by ChainPaths,
   * and each way is checked from the authority downwards, so that no key is used that an authority
   * did not vouch for. Bad chains are remembered for a short time only: one may become valid. They
   * are known by all of their bytes, as the same leaf may come with better intermediates.
   */
  private static final int MOST_REMEMBERED = 32_768;
  static final long MOST_REMEMBERED_BYTES = 32 << 20;
  private static final long GOOD_NANOS = TimeUnit.HOURS.toNanos(1);
  private static final long BAD_NANOS = TimeUnit.SECONDS.toNanos(10);
  static final int MOST_WAITING = 32_768;
  private static final int WAITING_BYTES = 1024; // the chain itself belongs to its connection

  private final List<X509Certificate> authorities;
  private final ChainPaths paths;
  private final Executor workers;
  private final TimeSource time;
  private final Memo<String, Optional<Verified>> outcomes;
  private final ReviewQueue<Remembered<Optional<Verified>>> work =
      new ReviewQueue<>(ChainWorkers.THREADS, MOST_WAITING, (long) MOST_WAITING * WAITING_BYTES);

  /** Connections keep their list of certificates, so most requests find their name here. */
  private final Cache<List<X509Certificate>, String> names =
      Caffeine.newBuilder().weakKeys().build();

  /** A chain whose signatures and usages are good, and what its certificate says. */
  private record Verified(long fromMillis, long untilMillis, CertificateSubject subject) {}

  /**
   * @param workers run what takes more than a moment
   */
  ChainVerifier(List<X509Certificate> authorities, Executor workers, TimeSource time) {
    this.authorities = authorities;
    this.paths = new ChainPaths(authorities);
    this.workers = workers;
    this.time = time;
    this.outcomes = new Memo<>(MOST_REMEMBERED, MOST_REMEMBERED_BYTES, time);
  }

  /**
   * @param chain as the handshake saw it, the client's own certificate first; not empty
   * @param asker whose turn it is if many are verified
   * @return whose it is, empty if it is not to be believed; at once if it is remembered; fails with
   *     429 if too many wait
   */
  CompletableFuture<Optional<CertificateSubject>> verify(
      List<X509Certificate> chain, Object asker) {
    return outcomes
        .ask(
            names.get(chain, PresentedChain::fingerprint),
            () ->
                work.ask(
                    new ReviewQueue.Request<>(
                        asker,
                        WAITING_BYTES,
                        () -> CompletableFuture.supplyAsync(() -> examine(chain), workers))))
        .thenApply(good -> good.filter(this::isInTime).map(Verified::subject));
  }

  /** Whether there is anybody who could have issued a chain. */
  boolean hasAuthorities() {
    return !authorities.isEmpty();
  }

  private boolean isInTime(Verified good) {
    long now = time.epochMillis();
    return good.fromMillis() <= now && now <= good.untilMillis();
  }

  /** Empty if it is not to be believed. */
  private Remembered<Optional<Verified>> examine(List<X509Certificate> chain) {
    try {
      PresentedChain.checkSize(chain);
      Verified good = build(parsed(chain));
      long left = TimeUnit.MILLISECONDS.toNanos(good.untilMillis() - time.epochMillis());
      return new Remembered<>(Optional.of(good), bytes(good.subject()), Math.min(GOOD_NANOS, left));
    } catch (GeneralSecurityException | RuntimeException e) { // parsers throw of either kind
      return new Remembered<>(Optional.empty(), 0, BAD_NANOS);
    }
  }

  private static int bytes(CertificateSubject subject) {
    return subject.commonName().length() + subject.user().map(UserBytes::of).orElse(0);
  }

  /** What the TLS engine took need not be what Java, or kube-apiserver, can read. */
  private static List<X509Certificate> parsed(List<X509Certificate> chain)
      throws CertificateException {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    List<X509Certificate> parsed = new ArrayList<>();
    for (X509Certificate certificate : chain) {
      X509Certificate read =
          (X509Certificate)
              factory.generateCertificate(new ByteArrayInputStream(certificate.getEncoded()));
      GoParser.check(read);
      parsed.add(read);
    }
    return parsed;
  }

  private Verified build(List<X509Certificate> chain) throws GeneralSecurityException {
    long now = time.epochMillis();
    X509Certificate leaf = chain.get(0);
    if (authorities.contains(leaf)) { // as in Go, nobody has to vouch for it
      GoPath.checkAlone(leaf, now);
      return verified(List.of(leaf), leaf);
    }
    for (Path path : paths.of(chain)) {
      try {
        GoPath.check(path, now);
        return verified(path.certificates(), path.authority());
      } catch (GeneralSecurityException | RuntimeException e) { // parsers throw of either kind
        // another way may be good
      }
    }
    throw new CertificateException("no good way to an authority");
  }

  private static Verified verified(List<X509Certificate> path, X509Certificate authority)
      throws GeneralSecurityException {
    long from = authority.getNotBefore().getTime();
    long until = authority.getNotAfter().getTime();
    for (X509Certificate part : path) {
      from = Math.max(from, part.getNotBefore().getTime());
      until = Math.min(until, part.getNotAfter().getTime());
    }
    return new Verified(from, until, CertificateSubject.of(path.get(0)));
  }

  /** What is remembered takes so many bytes. */
  long rememberedBytes() {
    return outcomes.bytes();
  }

  /** Chains that wait; their bytes belong to their connections. */
  int waiting() {
    return work.waiting();
  }

  /** Chains that were not looked at, because too many waited. */
  long refused() {
    return work.refused();
  }
}
