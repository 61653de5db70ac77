package io.apfproxy.kube.access;

import io.apfproxy.tls.KeyPairOptions;
import io.apfproxy.tls.KeyPairPem;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.internal.SSLUtils;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.security.GeneralSecurityException;
import javax.net.ssl.KeyManager;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * A client that can get other certificates while it is in use. Thread-safe.
 *
 * <p>The library reads certificates once, and keeps its connections as long as anybody uses them.
 * So there is a new client behind the same interface for each set of certificates.
 */
final class RenewableClient implements AutoCloseable {
  private final KubernetesClient face =
      (KubernetesClient)
          Proxy.newProxyInstance(
              RenewableClient.class.getClassLoader(),
              new Class<?>[] {KubernetesClient.class},
              (proxy, method, arguments) -> invoke(method, arguments));

  private volatile KubernetesClient current;
  private @Nullable KubernetesClient retired;

  /**
   * @param pair what it presents; null for nothing. Not by way of the configuration, which knows
   *     keys of RSA and EC only
   * @throws io.fabric8.kubernetes.client.KubernetesClientException if the certificates cannot be
   *     used
   */
  RenewableClient(Config config, @Nullable KeyPairPem pair) {
    current = build(config, pair);
  }

  private static KubernetesClient build(Config config, @Nullable KeyPairPem pair) {
    KubernetesClientBuilder builder = new KubernetesClientBuilder().withConfig(config);
    if (pair != null) {
      KeyManager[] keys = keyManagers(pair);
      TrustManager[] trust = trustManagers(config);
      builder.withHttpClientBuilderConsumer(http -> http.sslContext(keys, trust));
    }
    return builder.build();
  }

  private static KeyManager[] keyManagers(KeyPairPem pair) {
    try {
      return new KeyPairOptions(pair.pem()).keyManagers().getKeyManagers();
    } catch (IOException | GeneralSecurityException e) {
      throw new KubernetesClientException("the certificate or its key cannot be used", e);
    }
  }

  private static TrustManager[] trustManagers(Config config) {
    try {
      return SSLUtils.trustManagers(config);
    } catch (IOException | GeneralSecurityException e) {
      throw new KubernetesClientException("the certificate authority cannot be used", e);
    }
  }

  private @Nullable Object invoke(Method method, Object @Nullable [] arguments) throws Throwable {
    try {
      return method.invoke(current, arguments);
    } catch (InvocationTargetException e) {
      Throwable cause = e.getCause();
      throw cause == null ? e : cause;
    }
  }

  /** The client to call; what it gives is good for one call, not to be kept. */
  KubernetesClient client() {
    return face;
  }

  /**
   * From now on calls connect anew. Those under way, and open watches, have until the next renewal
   * or {@link #closeRetired}.
   */
  synchronized void renew(Config config, @Nullable KeyPairPem pair) {
    KubernetesClient fresh = build(config, pair);
    closeRetired();
    retired = current;
    current = fresh;
  }

  /** Ends what still goes on as it was before the last renewal. */
  synchronized void closeRetired() {
    if (retired != null) {
      retired.close();
      retired = null;
    }
  }

  @Override
  public synchronized void close() {
    closeRetired();
    current.close();
  }
}
