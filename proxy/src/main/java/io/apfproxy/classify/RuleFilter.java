package io.apfproxy.classify;

import io.apfproxy.config.FlowSchema;
import io.apfproxy.config.FlowSchema.NonResourceRule;
import io.apfproxy.config.FlowSchema.ResourceRule;
import io.apfproxy.config.FlowSchema.ServiceAccount;
import io.apfproxy.config.FlowSchema.Subject;
import io.apfproxy.request.RequestInfo;
import io.apfproxy.request.UserInfo;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Says which of many objects may match a request: each that does, and hardly any other. Immutable,
 * thread-safe, never blocks, and allocates nothing for a request.
 */
final class RuleFilter {
  /*
   * Each property of a request (user, verb, resource, ...) gives the set of objects that could match
   * it, whatever their other properties say; the intersection is a superset of the objects that
   * match. The cost is a few look-ups and one pass over words of 64 objects.
   */
  private final ThreadLocal<long[]> candidates;
  private final boolean namesNamespaces;

  private final SchemaIndex users;
  private final SchemaIndex groups;
  private final SchemaIndex serviceAccountNamespaces;
  private final SchemaIndex resourceVerbs;
  private final SchemaIndex apiGroups;
  private final SchemaIndex resources;
  private final SchemaIndex namespaces;
  private final SchemaIndex pathVerbs;
  private final SchemaIndex pathRoots;

  /**
   * @param rules of each object, in the order of their positions
   */
  RuleFilter(List<List<FlowSchema.Rule>> rules) {
    int size = rules.size();
    int words = (size + 63) >> 6;
    this.candidates = ThreadLocal.withInitial(() -> new long[words]);
    IndexBuilder index = new IndexBuilder(size);
    for (int i = 0; i < size; i++) {
      index.add(rules.get(i), i);
    }
    this.namesNamespaces = index.namesNamespaces;
    this.users = index.users.build();
    this.groups = index.groups.build();
    this.serviceAccountNamespaces = index.serviceAccountNamespaces.build();
    this.resourceVerbs = index.resourceVerbs.build();
    this.apiGroups = index.apiGroups.build();
    this.resources = index.resources.build();
    this.namespaces = index.namespaces.build();
    this.pathVerbs = index.pathVerbs.build();
    this.pathRoots = index.pathRoots.build();
  }

  /** Whether a rule names service accounts: else nobody needs a user's namespace. */
  boolean namesNamespaces() {
    return namesNamespaces;
  }

  /**
   * A bit for each object that may match, 64 to a word by position; valid until the next call on
   * this thread.
   *
   * @param user after impersonation
   * @param accountNamespace of the user, if it is a service account and a rule names any
   */
  long[] candidates(RequestInfo info, UserInfo user, @Nullable String accountNamespace) {
    long[] set = candidates.get();
    Arrays.fill(set, 0);
    users.addAnyTo(set);
    users.addTo(set, user.name());
    // by index, as in ExactMatch
    for (int i = 0; i < user.groups().size(); i++) {
      groups.addTo(set, user.groups().get(i));
    }
    if (accountNamespace != null) {
      serviceAccountNamespaces.addTo(set, accountNamespace);
    }
    if (info.resourceRequest()) {
      resourceVerbs.retain(set, info.verb());
      apiGroups.retain(set, info.apiGroup());
      String subresource = info.subresource();
      resources.retain(
          set, subresource.isEmpty() ? info.resource() : info.resource() + "/" + subresource);
      namespaces.retain(set, info.namespace());
    } else {
      pathVerbs.retain(set, info.verb());
      pathRoots.retain(set, root(info.path()));
    }
    return set;
  }

  /** First segment of a path: what stands before the second slash, if the path begins with one. */
  private static String root(String path) {
    int from = path.startsWith("/") ? 1 : 0;
    int end = path.indexOf('/', from);
    return path.substring(from, end < 0 ? path.length() : end);
  }

  /** Gathers what each object's rules name. */
  private static final class IndexBuilder {
    final SchemaIndex.Builder users;
    final SchemaIndex.Builder groups;
    final SchemaIndex.Builder serviceAccountNamespaces;
    final SchemaIndex.Builder resourceVerbs;
    final SchemaIndex.Builder apiGroups;
    final SchemaIndex.Builder resources;

    /** The empty namespace stands for what is not in any. */
    final SchemaIndex.Builder namespaces;

    final SchemaIndex.Builder pathVerbs;
    final SchemaIndex.Builder pathRoots;
    boolean namesNamespaces;

    IndexBuilder(int size) {
      users = new SchemaIndex.Builder(size);
      groups = new SchemaIndex.Builder(size);
      serviceAccountNamespaces = new SchemaIndex.Builder(size);
      resourceVerbs = new SchemaIndex.Builder(size);
      apiGroups = new SchemaIndex.Builder(size);
      resources = new SchemaIndex.Builder(size);
      namespaces = new SchemaIndex.Builder(size);
      pathVerbs = new SchemaIndex.Builder(size);
      pathRoots = new SchemaIndex.Builder(size);
    }

    void add(List<FlowSchema.Rule> rules, int position) {
      for (FlowSchema.Rule rule : rules) {
        rule.subjects().forEach(subject -> add(subject, position));
        for (ResourceRule resourceRule : rule.resourceRules()) {
          resourceVerbs.addAll(resourceRule.verbs(), position);
          apiGroups.addAll(resourceRule.apiGroups(), position);
          resources.addAll(resourceRule.resources(), position);
          namespaces.addAll(resourceRule.namespaces(), position);
          if (resourceRule.clusterScope()) {
            namespaces.add("", position);
          }
        }
        for (NonResourceRule nonResourceRule : rule.nonResourceRules()) {
          pathVerbs.addAll(nonResourceRule.verbs(), position);
          addUrls(nonResourceRule.urls(), position);
        }
      }
    }

    private void add(Subject subject, int position) {
      String user = subject.user();
      String group = subject.group();
      ServiceAccount account = subject.serviceAccount();
      if (Objects.equals(user, "*") || Objects.equals(group, "*")) {
        users.addAny(position);
      }
      if (user != null) {
        users.add(user, position);
      }
      if (group != null) {
        groups.add(group, position);
      }
      if (account != null) {
        namesNamespaces = true;
        serviceAccountNamespaces.add(account.namespace(), position);
      }
    }

    private void addUrls(List<String> urls, int position) {
      if (ExactMatch.isWildcard(urls)) {
        pathRoots.addAny(position);
        return;
      }
      for (String url : urls) {
        String subtree = ExactMatch.subtree(url);
        if (subtree.equals("/")) {
          pathRoots.addAny(position);
        } else {
          pathRoots.add(root(url), position);
          pathRoots.add(root(subtree), position);
        }
      }
    }
  }
}
