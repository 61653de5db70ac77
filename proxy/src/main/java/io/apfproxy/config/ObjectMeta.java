package io.apfproxy.config;

import java.util.List;
import java.util.Map;

/**
 * Metadata of a Kubernetes object, as far as validation and flow control look at it. Unset strings
 * are empty.
 *
 * @param generation 0 if unset
 */
public record ObjectMeta(
    String name,
    String generateName,
    String namespace,
    String uid,
    long generation,
    Map<String, String> labels,
    Map<String, String> annotations,
    List<String> finalizers,
    List<OwnerReference> ownerReferences) {
  public ObjectMeta {
    labels = Map.copyOf(labels);
    annotations = Map.copyOf(annotations);
    finalizers = List.copyOf(finalizers);
    ownerReferences = List.copyOf(ownerReferences);
  }

  /** Metadata of an object of which only name, UID and annotations matter. */
  public static ObjectMeta of(String name, String uid, Map<String, String> annotations) {
    return new ObjectMeta(name, "", "", uid, 0, Map.of(), annotations, List.of(), List.of());
  }

  /** An object this one belongs to. */
  public record OwnerReference(
      String apiVersion, String kind, String name, String uid, boolean controller) {}
}
