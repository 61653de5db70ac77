package io.apfproxy.kube.access;

import io.apfproxy.timer.Repetition;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The service account that impersonates, and may do nothing else: the second credential of the
 * proxy, kept in memory only. Its tokens are asked for by the first credential. Thread-safe.
 * Source: specification security.md, S09.
 */
final class Impersonator implements Supplier<@Nullable String>, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Impersonator.class);
  private static final Duration LIFE = Duration.ofHours(1);
  private static final Duration RENEWAL = LIFE.dividedBy(2);
  private static final Duration RETRY = Duration.ofMinutes(1);

  private final KubernetesClient asker;
  private final String namespace;
  private final String name;
  private final RenewableClient client;
  private final Repetition repetition;
  private volatile @Nullable String token;
  private volatile long renewAt;

  /**
   * @param account {@code namespace/name}
   * @param asker may create tokens of that account; not closed here
   * @param server address, authority and time-outs of the upstream; its credentials are not used
   */
  Impersonator(String account, KubernetesClient asker, Config server) {
    int slash = account.indexOf('/');
    this.namespace = account.substring(0, slash);
    this.name = account.substring(slash + 1);
    this.asker = asker;
    this.client = new RenewableClient(withToken(server), null);
    this.repetition = Repetition.alone("impersonator-token", RETRY, this::renew);
  }

  private Config withToken(Config server) {
    return new ConfigBuilder(server)
        .withUsername(null)
        .withPassword(null)
        .withOauthToken(null)
        .withAutoOAuthToken(null)
        .withClientCertData(null)
        .withClientCertFile(null)
        .withClientKeyData(null)
        .withClientKeyFile(null)
        .withOauthTokenProvider(this::get)
        .build();
  }

  /** The token in force; null before the first one. Never blocks. */
  @Override
  public @Nullable String get() {
    return token;
  }

  /** For questions about its rights. */
  KubernetesClient client() {
    return client.client();
  }

  /** Connects as this says from now on; as in the constructor, its credentials are not used. */
  void reconnect(Config server) {
    client.renew(withToken(server), null);
  }

  /** As {@link RenewableClient#closeRetired}. */
  void closeRetired() {
    client.closeRetired();
  }

  /**
   * Asks for a token if there is none yet, or if the last one is half used up. Blocks.
   *
   * @return one line saying what is missing, if there is no token to use
   */
  Optional<String> obtain() {
    if (token != null && System.nanoTime() - renewAt < 0) {
      return Optional.empty();
    }
    TokenRequest wanted =
        new TokenRequestBuilder()
            .withNewSpec()
            .withExpirationSeconds(LIFE.toSeconds())
            .endSpec()
            .build();
    String problem;
    try {
      TokenRequest answer =
          asker.serviceAccounts().inNamespace(namespace).withName(name).tokenRequest(wanted);
      String received =
          answer == null || answer.getStatus() == null ? null : answer.getStatus().getToken();
      if (received != null && !received.isEmpty()) {
        renewAt = System.nanoTime() + RENEWAL.toNanos();
        token = received;
        return Optional.empty();
      }
      problem = "the answer holds none";
    } catch (KubernetesClientException e) {
      problem =
          switch (e.getCode()) {
            case 403 -> "the proxy's identity may not \"create\" serviceaccounts/token of " + name;
            case 404 -> "it does not exist";
            default -> "code " + e.getCode();
          };
    }
    return Optional.of(
        "--impersonation-service-account: no token for "
            + namespace
            + "/"
            + name
            + " ("
            + problem
            + ")");
  }

  private void renew() {
    try {
      obtain().ifPresent(problem -> LOG.warn("{}; the last token stays in use", problem));
    } catch (RuntimeException e) {
      LOG.warn("the impersonator's token could not be renewed, the last one stays in use", e);
    }
  }

  @Override
  public void close() {
    repetition.close();
    client.close();
  }
}
