package io.apfproxy.server.log;

import java.io.IOException;

/** Makes lines of what they tell. Belongs to one thread. */
interface LineFormat<E> {
  /** The line, with its end; good until the next call. */
  LineBuffer of(E entry) throws IOException;
}
