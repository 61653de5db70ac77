package io.apfproxy.config;

import io.apfproxy.config.FlowSchema.NonResourceRule;
import io.apfproxy.config.FlowSchema.ResourceRule;
import io.apfproxy.config.FlowSchema.Rule;
import io.apfproxy.config.FlowSchema.ServiceAccount;
import io.apfproxy.config.FlowSchema.Subject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What holds for rules and subjects wherever they stand. Source: specification apf-config.md 1.3.
 */
final class RuleValidation {
  private static final String ANY = "*";

  private final FieldErrors errors;

  RuleValidation(FieldErrors errors) {
    this.errors = errors;
  }

  /** Whether there must be subjects, the caller knows. */
  void validate(Rule rule, String field) {
    validate(rule.subjects(), field + ".subjects");
    if (rule.resourceRules().isEmpty() && rule.nonResourceRules().isEmpty()) {
      errors.required(field, "at least one of resourceRules and nonResourceRules must be set");
    }
    for (int i = 0; i < rule.resourceRules().size(); i++) {
      validate(rule.resourceRules().get(i), field + ".resourceRules[" + i + "]");
    }
    for (int i = 0; i < rule.nonResourceRules().size(); i++) {
      validate(rule.nonResourceRules().get(i), field + ".nonResourceRules[" + i + "]");
    }
  }

  void validate(List<Subject> subjects, String field) {
    for (int i = 0; i < subjects.size(); i++) {
      validate(subjects.get(i), field + "[" + i + "]");
    }
  }

  private void validate(Subject subject, String field) {
    String kind = subject.kind();
    boolean user = kind.equals(FlowSchema.USER);
    boolean group = kind.equals(FlowSchema.GROUP);
    boolean serviceAccount = kind.equals(FlowSchema.SERVICE_ACCOUNT);
    if (!user && !group && !serviceAccount) {
      errors.notSupported(field + ".kind", kind, "User, Group, ServiceAccount");
      return;
    }
    if (user) {
      validateName(subject.user(), field + ".user");
    } else {
      forbid(subject.user(), field + ".user", kind);
    }
    if (group) {
      validateName(subject.group(), field + ".group");
    } else {
      forbid(subject.group(), field + ".group", kind);
    }
    if (serviceAccount) {
      validate(subject.serviceAccount(), field + ".serviceAccount");
    } else {
      forbid(subject.serviceAccount(), field + ".serviceAccount", kind);
    }
  }

  private void forbid(@Nullable Object member, String field, String kind) {
    if (member != null) {
      errors.forbidden(field, "is forbidden when subject kind is " + kind);
    }
  }

  private void validateName(@Nullable String name, String field) {
    if (name == null) {
      errors.required(field, "is required for this subject kind");
    } else if (name.isEmpty()) {
      errors.required(field + ".name", "must be set");
    }
  }

  private void validate(@Nullable ServiceAccount account, String field) {
    if (account == null) {
      errors.required(field, "is required for this subject kind");
      return;
    }
    String name = account.name();
    if (name.isEmpty()) {
      errors.required(field + ".name", "must be set");
    } else if (!name.equals(ANY)) {
      errors.invalid(field + ".name", name, NameViolations.ofSubdomain(name));
    }
    String namespace = account.namespace();
    if (namespace.isEmpty()) {
      errors.required(field + ".namespace", "must specify namespace for service account");
    } else {
      errors.invalid(field + ".namespace", namespace, NameViolations.ofLabel(namespace));
    }
  }

  private void validate(ResourceRule rule, String field) {
    validateVerbs(rule.verbs(), field + ".verbs");
    validateList(rule.apiGroups(), field + ".apiGroups");
    validateList(rule.resources(), field + ".resources");
    List<String> namespaces = rule.namespaces();
    if (namespaces.isEmpty()) {
      if (!rule.clusterScope()) {
        errors.required(
            field + ".namespaces", "resource rules that are not cluster scoped need namespaces");
      }
    } else if (namespaces.contains(ANY)) {
      requireAlone(namespaces, field + ".namespaces");
    } else {
      for (int i = 0; i < namespaces.size(); i++) {
        String namespace = namespaces.get(i);
        errors.invalid(
            field + ".namespaces[" + i + "]", namespace, NameViolations.ofLabel(namespace));
      }
    }
  }

  private void validate(NonResourceRule rule, String field) {
    validateVerbs(rule.verbs(), field + ".verbs");
    List<String> urls = rule.urls();
    String urlsField = field + ".nonResourceURLs";
    validateList(urls, urlsField);
    if (!urls.contains(ANY)) {
      for (int i = 0; i < urls.size(); i++) {
        String violation = violationOfPath(urls.get(i));
        if (violation != null) {
          errors.invalid(urlsField + "[" + i + "]", urls.get(i), violation);
        }
      }
    }
  }

  private void validateVerbs(List<String> verbs, String field) {
    validateList(verbs, field);
    if (!verbs.contains(ANY) && !FlowSchema.VERBS.containsAll(verbs)) {
      errors.notSupported(field, String.join(",", verbs), String.join(", ", FlowSchema.VERBS));
    }
  }

  private void validateList(List<String> values, String field) {
    if (values.isEmpty()) {
      errors.required(field, "must contain at least one value");
    } else if (values.contains(ANY)) {
      requireAlone(values, field);
    }
  }

  private void requireAlone(List<String> values, String field) {
    if (values.size() > 1) {
      errors.invalid(field, String.join(",", values), "if * is present, it must be the only value");
    }
  }

  private static @Nullable String violationOfPath(String path) {
    if (path.isEmpty()) {
      return "must not be empty";
    }
    if (path.equals("/")) {
      return null;
    }
    if (!path.startsWith("/")) {
      return "must start with /";
    }
    if (path.indexOf(' ') >= 0) {
      return "must not contain white-space";
    }
    if (path.contains("//")) {
      return "must not contain //";
    }
    int star = path.indexOf('*');
    if (star >= 0 && (star < path.length() - 1 || path.charAt(star - 1) != '/')) {
      return "wildcard can only do suffix matching, as in /a/*";
    }
    return null;
  }
}
