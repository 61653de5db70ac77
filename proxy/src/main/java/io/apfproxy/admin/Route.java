package io.apfproxy.admin;

import io.vertx.core.Future;
import java.util.List;

/** One page of the admin listener. */
record Route(String path, Audience audience, Permit permit, Handler handler) {
  /** Who reads it. */
  enum Audience {
    /** Whoever reaches the listener. */
    EVERYBODY,
    /** This machine, and everybody over TLS: a browser that navigates sends no token. */
    BROWSERS,
    /** This machine; others need the permit, and are let in over TLS only. */
    OPERATORS
  }

  /** What an operator elsewhere must have the right to get, by the cluster's RBAC. */
  @FunctionalInterface
  interface Permit {
    /** Nothing. */
    Permit NONE = (path, asked) -> List.of();

    /** The page's own path. */
    Permit PATH = (path, asked) -> List.of(path);

    /** The page's own path, and {@code /details} below it where users and paths are named. */
    Permit PATH_AND_DETAILS =
        (path, asked) -> asked.withDetails() ? List.of(path, path + "/details") : List.of(path);

    /** Paths, all of which are needed. */
    List<String> paths(String path, Asked asked);
  }

  /** Makes the page. */
  @FunctionalInterface
  interface Handler {
    /**
     * Called on the listener's event loop; never blocks.
     *
     * @return may fail with whatever the page throws
     */
    Future<AdminReply> handle(Asked asked);
  }

  List<String> permitted(Asked asked) {
    return permit.paths(path, asked);
  }
}
