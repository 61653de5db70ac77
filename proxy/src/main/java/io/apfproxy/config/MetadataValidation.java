package io.apfproxy.config;

import io.apfproxy.config.ObjectMeta.OwnerReference;
import io.apfproxy.request.NameSyntax;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Rules for the metadata of a cluster-scoped object. Source: reference, apimachinery
 * pkg/api/validation/objectmeta.go.
 */
final class MetadataValidation {
  private static final int MAX_ANNOTATION_BYTES = 256 * 1024;
  private static final String SUBDOMAIN = "must be a lower case RFC 1123 subdomain";
  private static final String QUALIFIED = "must be a name, or a DNS subdomain, / and a name";
  private static final List<String> UNQUALIFIED_FINALIZERS =
      List.of("kubernetes", "orphan", "foregroundDeletion");

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
    // a dash at the end of a prefix is fine, as more will follow
    String stem = prefix.endsWith("-") ? prefix.substring(0, prefix.length() - 1) + "a" : prefix;
    if (!prefix.isEmpty() && !NameSyntax.isDnsSubdomain(stem)) {
      errors.invalid("metadata.generateName", prefix, SUBDOMAIN);
    }
    if (metadata.name().isEmpty()) {
      errors.required("metadata.name", "name or generateName is required");
    } else if (!NameSyntax.isDnsSubdomain(metadata.name())) {
      errors.invalid("metadata.name", metadata.name(), SUBDOMAIN);
    }
    if (!metadata.namespace().isEmpty()) {
      errors.forbidden("metadata.namespace", "not allowed on this type");
    }
  }

  private static void validateLabels(Map<String, String> labels, FieldErrors errors) {
    labels.forEach(
        (key, value) -> {
          for (int violations = nameViolations(key); violations > 0; violations--) {
            errors.invalid("metadata.labels", key, QUALIFIED);
          }
          if (!NameSyntax.isLabelValue(value)) {
            errors.invalid("metadata.labels", value, "must be a label value");
          }
        });
  }

  private static void validateAnnotations(Map<String, String> annotations, FieldErrors errors) {
    long bytes = 0;
    for (Map.Entry<String, String> annotation : annotations.entrySet()) {
      String key = annotation.getKey();
      // keys may be of any case
      for (int left = nameViolations(key.toLowerCase(Locale.ROOT)); left > 0; left--) {
        errors.invalid("metadata.annotations", key, QUALIFIED);
      }
      bytes +=
          key.getBytes(StandardCharsets.UTF_8).length
              + annotation.getValue().getBytes(StandardCharsets.UTF_8).length;
    }
    if (bytes > MAX_ANNOTATION_BYTES) {
      errors.invalid("metadata.annotations", bytes, "must be at most 262144 bytes");
    }
  }

  /** An empty name breaks two rules of the reference: it must not be empty, and it has a syntax. */
  private static int nameViolations(String name) {
    if (NameSyntax.isQualifiedName(name)) {
      return 0;
    }
    return name.isEmpty() ? 2 : 1;
  }

  private static void validateOwners(List<OwnerReference> owners, FieldErrors errors) {
    boolean controlled = false;
    for (int i = 0; i < owners.size(); i++) {
      OwnerReference owner = owners.get(i);
      String field = "metadata.ownerReferences[" + i + "]";
      if (owner.apiVersion().isEmpty()) {
        errors.invalid(field + ".apiVersion", "", "version must not be empty");
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
      if (owner.controller() && controlled) {
        errors.invalid("metadata.ownerReferences", owner.name(), "only one may be the controller");
      }
      controlled |= owner.controller();
    }
  }

  private static void validateFinalizers(List<String> finalizers, FieldErrors errors) {
    for (int i = 0; i < finalizers.size(); i++) {
      String finalizer = finalizers.get(i);
      if (!NameSyntax.isQualifiedName(finalizer)) {
        errors.invalid("metadata.finalizers", finalizer, QUALIFIED);
      } else if (finalizer.indexOf('/') < 0 && !UNQUALIFIED_FINALIZERS.contains(finalizer)) {
        errors.invalid(
            "metadata.finalizers[" + i + "]", finalizer, "must be qualified by a domain");
      }
    }
  }
}
