package io.apfproxy.replay.suggest;

import io.apfproxy.classify.Classifier;
import io.apfproxy.classify.FlowMatch;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.config.FlowSchema;
import io.apfproxy.request.NameSyntax;
import io.apfproxy.request.RequestDigest;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * The verbs and namespaces that an elephant was seen with, of those that a schema may name: a path
 * may hold others, which lead to nothing. Not thread-safe.
 */
final class Scope implements Consumer<RequestDigest> {
  private static final int MOST_NAMESPACES = 10;

  private final Classifier present;
  private final Appetite elephant;
  private final SortedSet<String> verbs = new TreeSet<>();
  private final SortedSet<String> namespaces = new TreeSet<>();
  private boolean cluster;

  Scope(FlowControlConfiguration present, Appetite elephant) {
    this.present = new Classifier(present);
    this.elephant = elephant;
  }

  @Override
  public void accept(RequestDigest digest) {
    if (!digest.info().resourceRequest() || !digest.user().name().equals(elephant.user())) {
      return;
    }
    FlowMatch match = present.classify(digest.info(), digest.user());
    if (!Appetite.of(match.level().name(), match.schema().name(), digest.info(), digest.user())
        .equals(elephant)) {
      return;
    }
    String verb = digest.info().verb();
    String namespace = digest.info().namespace();
    if (FlowSchema.VERBS.contains(verb)) {
      verbs.add(verb);
    }
    if (namespace.isEmpty()) {
      cluster = true;
    } else if (namespaces.size() <= MOST_NAMESPACES && NameSyntax.isDnsLabel(namespace)) {
      namespaces.add(namespace);
    }
  }

  List<String> verbs() {
    return List.copyOf(verbs);
  }

  /** All, if there are many. */
  List<String> namespaces() {
    return namespaces.size() > MOST_NAMESPACES ? List.of("*") : List.copyOf(namespaces);
  }

  boolean isOfCluster() {
    return cluster;
  }
}
