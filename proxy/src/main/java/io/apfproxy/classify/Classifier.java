package io.apfproxy.classify;

import io.apfproxy.config.Bootstrap;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.config.FlowSchema;
import io.apfproxy.config.FlowSchema.NonResourceRule;
import io.apfproxy.config.FlowSchema.ResourceRule;
import io.apfproxy.config.FlowSchema.ServiceAccount;
import io.apfproxy.config.FlowSchema.Subject;
import io.apfproxy.config.PriorityLevelConfiguration;
import io.apfproxy.config.PriorityLevelConfiguration.Queuing;
import io.apfproxy.request.RequestInfo;
import io.apfproxy.request.UserInfo;
import io.apfproxy.request.Utf8Bytes;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Finds the schema, level and flow of a request under one configuration. Immutable, thread-safe,
 * never blocks.
 */
public final class Classifier {
  /*
   * A filter, then the exact rule. Each property of a request (user, verb, resource, ...) gives the
   * set of schemas that could match it, whatever their other properties say; the intersection is a
   * superset of the schemas that match, and usually hardly larger. Its members are then checked in
   * matching order. So the cost is a few look-ups, one pass over words of 64 schemas, and few exact
   * checks, where the reference checks all schemas before the one that matches.
   */
  private static final ThreadLocal<long[]> CANDIDATES = ThreadLocal.withInitial(() -> new long[0]);

  private final List<FlowSchema> schemas;
  private final ExactMatch[] exact;
  private final PriorityLevelConfiguration[] levels;
  private final byte[][] hashedNames;
  private final int fallback;

  private final SchemaIndex users;
  private final SchemaIndex groups;
  private final SchemaIndex serviceAccountNamespaces;
  private final SchemaIndex resourceVerbs;
  private final SchemaIndex apiGroups;
  private final SchemaIndex resources;
  private final SchemaIndex namespaces;
  private final SchemaIndex pathVerbs;
  private final SchemaIndex pathRoots;

  public Classifier(FlowControlConfiguration configuration) {
    this.schemas = configuration.schemas();
    int size = schemas.size();
    this.exact = new ExactMatch[size];
    this.levels = new PriorityLevelConfiguration[size];
    this.hashedNames = new byte[size][];
    IndexBuilder index = new IndexBuilder(size);
    int catchAll = size - 1;
    for (int i = 0; i < size; i++) {
      FlowSchema schema = schemas.get(i);
      exact[i] = new ExactMatch(schema);
      levels[i] = Objects.requireNonNull(configuration.levels().get(schema.spec().priorityLevel()));
      hashedNames[i] = Utf8Bytes.encode(schema.name());
      index.add(schema, i);
      if (schema.name().equals(Bootstrap.CATCH_ALL)) {
        catchAll = i;
      }
    }
    this.fallback = catchAll;
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

  /**
   * The first schema in matching order that matches, else {@code catch-all}.
   *
   * @param user after impersonation
   */
  public FlowMatch classify(RequestInfo info, UserInfo user) {
    int position = firstMatch(info, user);
    FlowSchema schema = schemas.get(position);
    PriorityLevelConfiguration level = levels[position];
    Queuing queuing = level.queuing();
    if (queuing == null || queuing.queues() < 2) {
      return new FlowMatch(position, schema, level, "", 0);
    }
    String distinguisher = distinguisher(schema, info, user);
    long hash = FlowHash.of(hashedNames[position], distinguisher);
    return new FlowMatch(position, schema, level, distinguisher, hash);
  }

  private static String distinguisher(FlowSchema schema, RequestInfo info, UserInfo user) {
    String method = schema.spec().distinguisherMethod();
    if (method == null) {
      return "";
    }
    return switch (method) {
      case FlowSchema.BY_USER -> user.name();
      case FlowSchema.BY_NAMESPACE -> info.namespace();
      default -> "";
    };
  }

  private int firstMatch(RequestInfo info, UserInfo user) {
    String accountNamespace = ExactMatch.accountNamespace(user.name());
    long[] candidates = candidates(info, user, accountNamespace);
    for (int word = 0; word < candidates.length; word++) {
      for (long left = candidates[word]; left != 0; left &= left - 1) {
        int position = (word << 6) + Long.numberOfTrailingZeros(left);
        if (exact[position].matches(info, user, accountNamespace)) {
          return position;
        }
      }
    }
    return fallback;
  }

  /** A superset of the schemas that match; valid until the next call on this thread. */
  private long[] candidates(RequestInfo info, UserInfo user, @Nullable String accountNamespace) {
    long[] set = emptySet();
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

  private long[] emptySet() {
    int words = (schemas.size() + 63) >> 6;
    long[] set = CANDIDATES.get();
    if (set.length == words) {
      Arrays.fill(set, 0);
      return set;
    }
    long[] made = new long[words];
    CANDIDATES.set(made);
    return made;
  }

  /** First segment of a path: what stands before the second slash, if the path begins with one. */
  private static String root(String path) {
    int from = path.startsWith("/") ? 1 : 0;
    int end = path.indexOf('/', from);
    return path.substring(from, end < 0 ? path.length() : end);
  }

  /** Gathers what each schema's rules name. */
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

    void add(FlowSchema schema, int position) {
      for (FlowSchema.Rule rule : schema.spec().rules()) {
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
