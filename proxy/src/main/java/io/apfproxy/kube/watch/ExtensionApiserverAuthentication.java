package io.apfproxy.kube.watch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.apfproxy.authn.head.FrontProxyHeaders;
import io.apfproxy.kube.access.Certificates;
import io.apfproxy.kube.access.UpstreamAccessException;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;

/**
 * What kube-apiserver publishes of its own client authentication: ConfigMap {@code
 * extension-apiserver-authentication} in {@code kube-system}.
 */
final class ExtensionApiserverAuthentication {
  private static final String NAMESPACE = "kube-system";
  private static final String NAME = "extension-apiserver-authentication";
  private static final String OBJECT = "ConfigMap " + NAMESPACE + "/" + NAME;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final KubernetesClient client;

  ExtensionApiserverAuthentication(KubernetesClient client) {
    this.client = client;
  }

  /**
   * The ConfigMap's content.
   *
   * @param allowedNames empty for any
   */
  record Published(
      List<X509Certificate> clientAuthorities,
      List<X509Certificate> frontProxyAuthorities,
      List<String> allowedNames,
      FrontProxyHeaders headers) {
    static final Published NOTHING =
        new Published(List.of(), List.of(), List.of(), FrontProxyHeaders.STANDARD);
  }

  /**
   * @throws UpstreamAccessException if it cannot be read or is not understood; one line
   */
  Published read() throws UpstreamAccessException {
    ConfigMap map;
    try {
      map = client.configMaps().inNamespace(NAMESPACE).withName(NAME).get();
    } catch (KubernetesClientException e) {
      throw new UpstreamAccessException(
          e.getCode() == 401 || e.getCode() == 403
              ? OBJECT
                  + " may not be read ("
                  + e.getCode()
                  + "): bind the proxy's identity to Role kube-system/"
                  + "extension-apiserver-authentication-reader, or give --client-ca-file"
              : OBJECT + " could not be read (" + e.getCode() + ")",
          e);
    }
    if (map == null || map.getData() == null) {
      throw new UpstreamAccessException(OBJECT + " does not exist; give --client-ca-file");
    }
    Map<String, String> data = map.getData();
    return new Published(
        authorities(data, "client-ca-file"),
        authorities(data, "requestheader-client-ca-file"),
        strings(data, "requestheader-allowed-names"),
        new FrontProxyHeaders(
            strings(data, "requestheader-username-headers"),
            strings(data, "requestheader-uid-headers"),
            strings(data, "requestheader-group-headers"),
            strings(data, "requestheader-extra-headers-prefix")));
  }

  private static List<X509Certificate> authorities(Map<String, String> data, String key)
      throws UpstreamAccessException {
    String pem = data.getOrDefault(key, "");
    return pem.isBlank() ? List.of() : Certificates.parse(pem, OBJECT + " key " + key);
  }

  private static List<String> strings(Map<String, String> data, String key)
      throws UpstreamAccessException {
    String json = data.getOrDefault(key, "");
    if (json.isBlank()) {
      return List.of();
    }
    try {
      return JSON.readValue(json, new TypeReference<List<String>>() {});
    } catch (JsonProcessingException e) {
      throw new UpstreamAccessException(OBJECT + " key " + key + " must be a JSON list", e);
    }
  }
}
