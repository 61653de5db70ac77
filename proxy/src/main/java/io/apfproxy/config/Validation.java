package io.apfproxy.config;

import java.util.List;

/**
 * Decides whether an object is valid, as kube-apiserver does on create and update. Objects have
 * their {@linkplain Defaults defaults} before. Source: reference,
 * pkg/apis/flowcontrol/validation/validation.go; specification apf-config.md 1.3 and 1.5.
 */
public final class Validation {
  private Validation() {}

  /** All violations; empty if the object is valid. */
  public static List<FieldError> validate(ConfigObject object) {
    FieldErrors errors = new FieldErrors();
    MetadataValidation.validate(object.metadata(), errors);
    object.kind().validateSpec(object, errors);
    validateConditionTypes(object.conditionTypes(), errors);
    return errors.toList();
  }

  private static void validateConditionTypes(List<String> types, FieldErrors errors) {
    for (int i = 0; i < types.size(); i++) {
      String type = types.get(i);
      String field = "status.conditions[" + i + "].type";
      if (types.indexOf(type) < i) {
        errors.duplicate(field, type);
      }
      if (type.isEmpty()) {
        errors.required(field, "must be set");
      }
    }
  }
}
