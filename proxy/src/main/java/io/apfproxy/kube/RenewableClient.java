package io.apfproxy.kube;

import io.apfproxy.nullness.Nullable;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

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
   * @throws io.fabric8.kubernetes.client.KubernetesClientException if the certificates cannot be
   *     used
   */
  RenewableClient(Config config) {
    current = build(config);
  }

  private static KubernetesClient build(Config config) {
    return new KubernetesClientBuilder().withConfig(config).build();
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
  synchronized void renew(Config config) {
    KubernetesClient fresh = build(config);
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
