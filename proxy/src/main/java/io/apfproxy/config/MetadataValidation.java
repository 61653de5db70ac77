package io.apfproxy.config;

import io.apfproxy.config.ObjectMeta.OwnerReference;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Rules for the metadata of a cluster-scoped object. Source: reference, apimachinery
 * pkg/api/validation/objectmeta.go.
 */
final class MetadataValidation {
  private static final int MAX_ANNOTATION_BYTES = 256 * 1024;
  private static final String ORPHAN = "orphan";
  private static final String FOREGROUND_DELETION = "foregroundDeletion";
  private static final List<String> UNQUALIFIED_FINALIZERS =
      List.of("kubernetes", ORPHAN, FOREGROUND_DELETION);

  private MetadataValidation() {}

  static void validate(ObjectMeta metadata, FieldErrors errors) {
    validateNames(metadata, errors);
    if (metadata.generation() < 0) {
      errors.invalid(
          "metadata.generation", metadata.generation(), "must be greater than or equal to 0");
    }
    validateLabels(metadata.labels(), errors);
    validateAnnotations(metadata.annotations(), errors);
    validateOwners(metadata.ownerReferences(), errors);
    validateFinalizers(metadata.finalizers(), errors);
  }

  private static void validateNames(ObjectMeta metadata, FieldErrors errors) {
    String prefix = metadata.generateName();
    if (!prefix.isEmpty()) {
      errors.invalid("metadata.generateName", prefix, NameViolations.ofSubdomain(masked(prefix)));
    }
    String name = metadata.name();
    if (name.isEmpty()) {
      errors.required("metadata.name", "name or generateName is required");
    } else {
      errors.invalid("metadata.name", name, NameViolations.ofSubdomain(name));
    }
    if (!metadata.namespace().isEmpty()) {
      errors.forbidden("metadata.namespace", "not allowed on this type");
    }
  }

  /**
   * A dash at the end of a prefix is fine, as more will follow. The reference puts an {@code a} in
   * the place of the last two bytes, so that the last but one is free too.
   */
  private static String masked(String prefix) {
    int end = prefix.length() - 2;
    if (end < 0 || !prefix.endsWith("-")) {
      return prefix;
    }
    boolean oneByte = prefix.charAt(end) < 0x80;
    return oneByte ? prefix.substring(0, end) + "a" : prefix.substring(0, end + 1);
  }

  private static void validateLabels(Map<String, String> labels, FieldErrors errors) {
    labels.forEach(
        (key, value) -> {
          errors.invalid("metadata.labels", key, NameViolations.ofQualifiedName(key));
          errors.invalid("metadata.labels", value, NameViolations.ofLabelValue(value));
        });
  }

  private static void validateAnnotations(Map<String, String> annotations, FieldErrors errors) {
    long bytes = 0;
    for (Map.Entry<String, String> annotation : annotations.entrySet()) {
      String key = annotation.getKey();
      errors.invalid("metadata.annotations", key, NameViolations.ofQualifiedName(lowerCase(key)));
      bytes +=
          key.getBytes(StandardCharsets.UTF_8).length
              + annotation.getValue().getBytes(StandardCharsets.UTF_8).length;
    }
    if (bytes > MAX_ANNOTATION_BYTES) {
      errors.tooLong("metadata.annotations", "must be at most " + MAX_ANNOTATION_BYTES + " bytes");
    }
  }

  /** Letter by letter, as Go does it: keys of annotations may be of any case. */
  private static String lowerCase(String key) {
    StringBuilder lower = new StringBuilder(key.length());
    key.codePoints().map(Character::toLowerCase).forEach(lower::appendCodePoint);
    return lower.toString();
  }

  private static void validateOwners(List<OwnerReference> owners, FieldErrors errors) {
    boolean controlled = false;
    for (int i = 0; i < owners.size(); i++) {
      OwnerReference owner = owners.get(i);
      String field = "metadata.ownerReferences[" + i + "]";
      String apiVersion = owner.apiVersion();
      if (apiVersion.isEmpty()) {
        errors.required(field + ".apiVersion", "must be set");
      } else if (apiVersion.endsWith("/")
          || apiVersion.indexOf('/') != apiVersion.lastIndexOf('/')) {
        errors.invalid(field + ".apiVersion", apiVersion, "must be GROUP/VERSION or VERSION");
      }
      if (owner.kind().isEmpty()) {
        errors.required(field + ".kind", "must be set");
      }
      if (owner.name().isEmpty()) {
        errors.required(field + ".name", "must be set");
      }
      if (owner.uid().isEmpty()) {
        errors.required(field + ".uid", "must be set");
      }
      boolean coreV1 = apiVersion.equals("v1") || apiVersion.equals("/v1");
      if (coreV1 && owner.kind().equals("Event")) {
        errors.invalid(field, "v1 Event", "an event cannot own anything");
      }
      if (owner.controller() && controlled) {
        errors.invalid("metadata.ownerReferences", owner.name(), "only one may be the controller");
      }
      controlled |= owner.controller();
    }
  }

  private static void validateFinalizers(List<String> finalizers, FieldErrors errors) {
    for (int i = 0; i < finalizers.size(); i++) {
      String finalizer = finalizers.get(i);
      errors.invalid("metadata.finalizers", finalizer, NameViolations.ofQualifiedName(finalizer));
      if (finalizer.indexOf('/') < 0 && !UNQUALIFIED_FINALIZERS.contains(finalizer)) {
        errors.invalid(
            "metadata.finalizers[" + i + "]", finalizer, "must be qualified by a domain");
      }
    }
    if (finalizers.contains(ORPHAN) && finalizers.contains(FOREGROUND_DELETION)) {
      errors.invalid("metadata.finalizers", ORPHAN, "cannot be set with " + FOREGROUND_DELETION);
    }
  }
}
