package io.apfproxy.replay.audit;

import io.apfproxy.request.RefusedException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What numbered texts mean, for the last few thousand of them. Not thread-safe. */
final class AskedMemo {
  private static final int PLACES = 1 << 14;

  private final @Nullable Asked[] known = new Asked[PLACES];
  private final int[] numbers = new int[PLACES];

  AskedMemo() {
    Arrays.fill(numbers, Entry.INLINE);
  }

  /**
   * @param number of the text, or {@link Entry#INLINE}
   * @throws RefusedException if it cannot be read
   */
  Asked of(int number, String text) throws RefusedException {
    if (number == Entry.INLINE) {
      return Asked.of(text);
    }
    int place = number & (PLACES - 1);
    Asked remembered = known[place];
    if (remembered != null && numbers[place] == number) {
      return remembered;
    }
    Asked read = Asked.of(text);
    known[place] = read;
    numbers[place] = number;
    return read;
  }
}
