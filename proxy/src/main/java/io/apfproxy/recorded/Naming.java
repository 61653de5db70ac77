package io.apfproxy.recorded;

import io.apfproxy.request.RequestInfo;

/** By which names users, namespaces and objects stand in a recording. Belongs to one thread. */
public interface Naming {
  /** As they are. */
  Naming PLAIN =
      new Naming() {
        @Override
        public String user(String name) {
          return name;
        }

        @Override
        public String group(String name) {
          return name;
        }

        @Override
        public String other(String name) {
          return name;
        }

        @Override
        public String object(String name) {
          return name;
        }

        @Override
        public String target(RequestInfo info, String target) {
          return RecordedTarget.plain(target);
        }
      };

  String user(String name);

  String group(String name);

  /** A uid, a namespace or an address; empty stays empty. */
  String other(String name);

  /** An object; empty stays empty. */
  String object(String name);

  /** A flow distinguisher, which is a user's name or a namespace. */
  default String flow(String distinguisher, String user) {
    return distinguisher.equals(user) ? user(user) : other(distinguisher);
  }

  /**
   * A request's target. Flow control makes the same of it as of the original.
   *
   * @param info what the original asks
   * @param target the original
   */
  String target(RequestInfo info, String target);
}
