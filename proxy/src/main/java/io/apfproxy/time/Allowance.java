package io.apfproxy.time;

/**
 * How much one key may take: arithmetic on the one long that a {@link KeyTable} knows of it.
 * Immutable, thread-safe.
 *
 * <p>{@code now} is in ticks of 2<sup>-10</sup> ns; only differences mean anything, and they wrap.
 */
public interface Allowance {
  /** Of a key of which nothing is known. */
  long whole(long now);

  /** Whether a key may be forgotten, as a new one would have as much. */
  boolean isWhole(long value, long now);

  /** Whether time alone makes every value whole, within weeks. */
  boolean heals();

  /**
   * Whether so many units may be taken.
   *
   * @param units 1 or more; 0 to ask whether there are any, or none is owed
   * @param patienceNanos how long the asker would wait, 0 or more
   * @return the nanoseconds after which it goes on, 0 for at once; or, negative, those after which
   *     it would be let in if it came then
   */
  long wait(long value, long now, long units, long patienceNanos);

  /** What is known of the key once it took them. */
  long after(long value, long now, long units);

  /** What is known of the key once it gave them back. */
  long back(long value, long now, long units);

  /** Units that may be taken one by one before one would be refused or wait too long; 0 or more. */
  long left(long value, long now);

  /** How much is taken, 0 for nothing to 1 for all. */
  double used(long value, long now);

  /**
   * What was known under another allowance of the same kind, said under this one: as many units are
   * missing.
   */
  long carried(long value, long now, Allowance before);

  /**
   * What is known of two keys that from now on take from the same. What heals counts once, as
   * nobody is to wait for what others owe; what is to be given back counts in full.
   */
  long together(long one, long other, long now);

  /** That of two values by which less is taken. */
  long less(long one, long other, long now);
}
