package io.apfproxy.authn.who;

import io.apfproxy.authn.head.ExtraKeys;
import io.apfproxy.authn.head.FieldSyntax;
import io.apfproxy.authn.head.FrontProxyHeaders;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.UserInfo;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Users by the headers of a front proxy, believed only if its certificate is signed by the
 * authority of front proxies and bears an allowed name. Source: kube-apiserver,
 * authentication/request/headerrequest.
 */
final class FrontProxyAuthenticator {
  private final ChainVerifier verifier;
  private final List<String> allowedNames;
  private final FrontProxyHeaders headers;

  FrontProxyAuthenticator(
      ChainVerifier verifier, List<String> allowedNames, FrontProxyHeaders headers) {
    this.verifier = verifier;
    this.allowedNames = allowedNames;
    this.headers = headers;
  }

  /**
   * @param chain not empty
   * @param asker whose turn it is if many are verified
   * @return fails with {@link RefusedException} for what a front proxy must not say
   */
  CompletableFuture<Attempt> authenticate(
      List<X509Certificate> chain, Map<String, List<String>> lines, Object asker) {
    if (lines.isEmpty()) {
      return CompletableFuture.completedFuture(Attempt.NOT_MADE);
    }
    return verifier
        .verify(chain, asker)
        .thenCompose(
            proxy -> {
              try {
                return CompletableFuture.completedFuture(read(proxy, lines));
              } catch (RefusedException e) {
                return CompletableFuture.failedFuture(e);
              }
            });
  }

  /**
   * What kube-apiserver makes here of a certificate without headers: it asks this way before all
   * others, and a certificate that is no front proxy's is a bad one. That matters only where no
   * other way knows the client, so nobody else is looked at.
   *
   * @param chain not empty
   * @param asker whose turn it is if many are verified
   */
  CompletableFuture<Attempt> withoutHeaders(List<X509Certificate> chain, Object asker) {
    return verifier.hasAuthorities()
        ? verifier
            .verify(chain, asker)
            .thenApply(proxy -> isAllowed(proxy) ? Attempt.NOT_MADE : Attempt.FAILED)
        : CompletableFuture.completedFuture(Attempt.NOT_MADE);
  }

  private boolean isAllowed(Optional<CertificateSubject> proxy) {
    return proxy.isPresent()
        && (allowedNames.isEmpty() || allowedNames.contains(proxy.get().commonName()));
  }

  private Attempt read(Optional<CertificateSubject> proxy, Map<String, List<String>> lines)
      throws RefusedException {
    if (!isAllowed(proxy)) {
      return Attempt.FAILED;
    }
    String user = first(headers.user(), lines);
    if (user.isEmpty()) {
      return Attempt.NOT_MADE;
    }
    return Attempt.success(
        AuthenticatedGroup.addTo(
            new UserInfo(user, first(headers.uid(), lines), groups(lines), extra(lines))));
  }

  private static String first(List<String> names, Map<String, List<String>> lines)
      throws RefusedException {
    for (String name : names) {
      List<String> values = lines.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
      if (!values.isEmpty() && !values.get(0).isEmpty()) {
        return FieldSyntax.identity(name, values.get(0));
      }
    }
    return "";
  }

  private List<String> groups(Map<String, List<String>> lines) throws RefusedException {
    List<String> groups = new ArrayList<>();
    for (String name : headers.group()) {
      for (String value : lines.getOrDefault(name.toLowerCase(Locale.ROOT), List.of())) {
        if (!value.isEmpty()) {
          groups.add(FieldSyntax.identity(name, value));
        }
      }
    }
    return groups;
  }

  private Map<String, List<String>> extra(Map<String, List<String>> lines) throws RefusedException {
    Map<String, List<String>> extra = new LinkedHashMap<>();
    for (String name : headers.extraPrefix()) {
      String prefix = name.toLowerCase(Locale.ROOT);
      for (Map.Entry<String, List<String>> line : lines.entrySet()) {
        if (line.getKey().startsWith(prefix)) {
          List<String> values =
              extra.computeIfAbsent(
                  ExtraKeys.decode(line.getKey().substring(prefix.length())),
                  key -> new ArrayList<>());
          for (String value : line.getValue()) {
            values.add(FieldSyntax.identity(line.getKey(), value));
          }
        }
      }
    }
    return extra;
  }
}
