package io.apfproxy.upstream.wire;

import java.util.List;
import java.util.Map.Entry;
import org.jspecify.annotations.Nullable;

/**
 * Who asks, as the upstream is told. Header values are bytes as ISO-8859-1 chars.
 *
 * @param credential what the connection presents
 * @param anonymous whether the upstream will find nobody in particular behind the request
 * @param user the line that names whom the credential speaks for; null for {@link Credential#NONE},
 *     with which the upstream finds out itself
 * @param others all other lines that say who asks, in order
 */
public record Sender(
    Credential credential,
    boolean anonymous,
    @Nullable Entry<String, String> user,
    List<Entry<String, String>> others) {
  public Sender {
    others = List.copyOf(others);
  }
}
