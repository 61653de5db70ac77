package io.apfproxy.request;

/**
 * What a request asks for, as kube-apiserver's {@code RequestInfo}. Immutable; strings are empty
 * when unset.
 *
 * @param resourceRequest whether it names a resource; if not, only {@code path}, {@code verb} and
 *     perhaps {@code apiPrefix} are set
 * @param path decoded path, neither cleaned nor case-folded
 * @param verb API verb, for non-resource requests the method in lower case; empty for an unknown
 *     method
 * @param fieldSelector raw value, for list, watch and deletecollection only
 * @param labelSelector raw value, for list, watch and deletecollection only
 */
public record RequestInfo(
    boolean resourceRequest,
    String path,
    String verb,
    String apiPrefix,
    String apiGroup,
    String apiVersion,
    String namespace,
    String resource,
    String subresource,
    String name,
    String fieldSelector,
    String labelSelector) {
  /** Of a request of which nothing is kept any more. */
  public static final RequestInfo FORGOTTEN =
      new RequestInfo(false, "", "", "", "", "", "", "", "", "", "", "");

  /** Whether the response is a watch stream: its seats are held while it initialises only. */
  public boolean isWatch() {
    return verb.equals("watch");
  }
}
