package io.apfproxy.learn;

/**
 * Reads along with a body, and takes longer for some of it than may be spent in one turn of an
 * event loop: then it is behind, and goes on in turns to come.
 */
public interface ReadingAlong {
  /**
   * Shows the next bytes of the body. The array must not be changed afterwards: some of it may be
   * read later.
   */
  void accept(byte[] bytes, int offset, int length);

  /** Whether it has bytes that it did not look at yet. */
  boolean isBehind();

  /** Looks at some of them: less than a millisecond's work. */
  void goOn();
}
