package io.apfproxy.classify;

import io.apfproxy.config.FlowSchema;
import io.apfproxy.config.FlowSchema.ServiceAccount;
import io.apfproxy.config.FlowSchema.Subject;
import io.apfproxy.request.UserInfo;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether a user is one of many subjects, hashed: there may be a thousand of them. Immutable,
 * thread-safe. Source: reference, pkg/util/flowcontrol/rule.go.
 */
public final class Subjects {
  private static final String SERVICE_ACCOUNT_PREFIX = "system:serviceaccount:";

  private final Set<String> users = new HashSet<>();
  private final Set<String> groups = new HashSet<>();
  private final Set<String> serviceAccountNamespaces = new HashSet<>();
  private boolean everybody;

  public Subjects(List<Subject> subjects) {
    subjects.forEach(this::add);
  }

  private void add(Subject subject) {
    String user = subject.user();
    String group = subject.group();
    ServiceAccount account = subject.serviceAccount();
    if (subject.kind().equals(FlowSchema.USER) && user != null) {
      everybody |= user.equals("*");
      users.add(user);
    } else if (subject.kind().equals(FlowSchema.GROUP) && group != null) {
      everybody |= group.equals("*");
      groups.add(group);
    } else if (subject.kind().equals(FlowSchema.SERVICE_ACCOUNT) && account != null) {
      if (account.name().equals("*")) {
        serviceAccountNamespaces.add(account.namespace());
      } else {
        users.add(SERVICE_ACCOUNT_PREFIX + account.namespace() + ":" + account.name());
      }
    }
  }

  /** Whether one of them is this user, or a group of his. */
  public boolean cover(UserInfo user) {
    return cover(user, serviceAccountNamespaces.isEmpty() ? null : accountNamespace(user.name()));
  }

  /**
   * @param accountNamespace what {@link #accountNamespace} says of the user
   */
  boolean cover(UserInfo user, @Nullable String accountNamespace) {
    if (everybody || users.contains(user.name())) {
      return true;
    }
    if (!groups.isEmpty()) {
      // by index: this runs for every request, and iterators would be most of what it allocates
      for (int i = 0; i < user.groups().size(); i++) {
        if (groups.contains(user.groups().get(i))) {
          return true;
        }
      }
    }
    return accountNamespace != null && serviceAccountNamespaces.contains(accountNamespace);
  }

  /**
   * The namespace of the service account that a user name stands for; null if it stands for none.
   */
  static @Nullable String accountNamespace(String userName) {
    if (!userName.startsWith(SERVICE_ACCOUNT_PREFIX)) {
      return null;
    }
    int start = SERVICE_ACCOUNT_PREFIX.length();
    int end = userName.indexOf(':', start);
    return end < 0 ? null : userName.substring(start, end);
  }
}
