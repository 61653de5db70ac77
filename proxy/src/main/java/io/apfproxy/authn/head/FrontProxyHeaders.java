package io.apfproxy.authn.head;

import java.util.List;

/**
 * Names of the headers in which a front proxy says who asks, in the order they are tried. Source:
 * kube-apiserver's {@code --requestheader-*} flags.
 *
 * @param user the first one present with a value counts
 * @param uid empty if a uid cannot be sent; the first one present with a value counts
 * @param group the lines of all of them count
 * @param extraPrefix what follows the prefix is the key
 */
public record FrontProxyHeaders(
    List<String> user, List<String> uid, List<String> group, List<String> extraPrefix) {
  /** The usual names. kube-apiserver reads no uid header unless told to, so none is named. */
  public static final FrontProxyHeaders STANDARD =
      new FrontProxyHeaders(
          List.of("X-Remote-User"),
          List.of(),
          List.of("X-Remote-Group"),
          List.of("X-Remote-Extra-"));

  public FrontProxyHeaders {
    user = List.copyOf(user);
    uid = List.copyOf(uid);
    group = List.copyOf(group);
    extraPrefix = List.copyOf(extraPrefix);
  }
}
