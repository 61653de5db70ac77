package io.apfproxy.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/** One message: its first line, header fields by name in lower case, and what follows. */
record SampleMessage(String first, Map<String, List<String>> headers, String rest) {
  /** One more field; the name is in lower case. */
  static void add(Map<String, List<String>> headers, String name, String value) {
    headers.computeIfAbsent(name, any -> new ArrayList<>()).add(value);
  }

  /** Adds to the differences how this one differs from what it was on the other side. */
  void compare(String which, SampleMessage before, Set<String> differences) {
    Stream.concat(before.headers.keySet().stream(), headers.keySet().stream())
        .distinct()
        .filter(name -> !Objects.equals(before.headers.get(name), headers.get(name)))
        .map(
            name ->
                (!headers.containsKey(name)
                        ? " drops "
                        : before.headers.containsKey(name) ? " changes " : " adds ")
                    + name)
        .forEach(difference -> differences.add(which + difference));
    if (!before.first.equals(first)) {
      differences.add(which + ": " + before.first + " becomes " + first);
    }
    if (!before.rest.equals(rest)) {
      differences.add(which + " body: " + before.rest + " becomes " + rest);
    }
  }
}
