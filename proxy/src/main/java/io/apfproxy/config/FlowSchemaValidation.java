package io.apfproxy.config;

import java.util.List;

/** Rules F1 to F24 of specification apf-config.md 1.3, with those of {@link RuleValidation}. */
final class FlowSchemaValidation {
  private static final int MAX_PRECEDENCE = 10_000;

  private final FieldErrors errors;

  private FlowSchemaValidation(FieldErrors errors) {
    this.errors = errors;
  }

  static void validate(FlowSchema schema, FieldErrors errors) {
    new FlowSchemaValidation(errors).validate(schema);
  }

  private void validate(FlowSchema schema) {
    FlowSchema.Spec spec = schema.spec();
    int precedence = spec.matchingPrecedence();
    if (precedence <= 0 || precedence > MAX_PRECEDENCE) {
      errors.invalid("spec.matchingPrecedence", precedence, "must be from 1 to " + MAX_PRECEDENCE);
    }
    if (precedence == 1 && !schema.name().equals(Bootstrap.EXEMPT)) {
      errors.invalid("spec.matchingPrecedence", 1, "only the schema exempt may have 1");
    }
    String method = spec.distinguisherMethod();
    if (method != null
        && !method.equals(FlowSchema.BY_USER)
        && !method.equals(FlowSchema.BY_NAMESPACE)) {
      errors.notSupported("spec.distinguisherMethod.type", method, "ByUser, ByNamespace");
    }
    String level = "spec.priorityLevelConfiguration.name";
    if (spec.priorityLevel().isEmpty()) {
      errors.required(level, "must reference a priority level");
    } else {
      errors.invalid(level, spec.priorityLevel(), NameViolations.ofSubdomain(spec.priorityLevel()));
    }
    RuleValidation rules = new RuleValidation(errors);
    for (int i = 0; i < spec.rules().size(); i++) {
      String rule = "spec.rules[" + i + "]";
      if (spec.rules().get(i).subjects().isEmpty()) {
        errors.required(rule + ".subjects", "subjects must contain at least one value");
      }
      rules.validate(spec.rules().get(i), rule);
    }
    for (FlowSchema builtIn : List.of(Bootstrap.exemptSchema(), Bootstrap.catchAllSchema())) {
      if (schema.name().equals(builtIn.name()) && !spec.equals(builtIn.spec())) {
        errors.invalidSpec(builtIn.name());
      }
    }
  }
}
