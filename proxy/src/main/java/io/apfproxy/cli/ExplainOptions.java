package io.apfproxy.cli;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code explain} is asked for.
 *
 * @param user null for an anonymous request
 * @param groups without those that every user is in
 * @param method such as {@code GET}
 * @param url path and query, or a whole URL
 * @param config file or folder of manifests over the built-in objects; null for these alone
 * @param admin admin listeners of running proxies, the last of which is to explain; null for {@code
 *     config}
 * @param seats of all levels together; not for {@code admin}
 * @param json whether as JSON, else as text
 */
public record ExplainOptions(
    @Nullable String user,
    List<String> groups,
    String method,
    String url,
    @Nullable Path config,
    @Nullable AdminAccess admin,
    int seats,
    boolean json) {
  public ExplainOptions {
    groups = List.copyOf(groups);
  }
}
