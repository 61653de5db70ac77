package io.apfproxy.replay.audit;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Entries that fit into the heap at a time, and are then in order. Not thread-safe. */
final class Run {
  /*
   * Entries lie as bytes one behind the other; what is sorted are their keys and places. By merging, as
   * logs are nearly in order, and stable, so that those with equal keys stay as they were read.
   */
  private static final int FIRST = 1 << 10;
  private static final int BUFFER = 1 << 16;

  private final Bytes bytes = new Bytes();
  private final DataOutputStream out = new DataOutputStream(bytes);
  private long[] arrivals = new long[FIRST];
  private long[] finer = new long[FIRST];
  private int[] places = new int[FIRST];
  private int size;

  /** Lets its array be read without a copy. */
  private static final class Bytes extends ByteArrayOutputStream {
    DataInputStream from(int place) {
      return new DataInputStream(new ByteArrayInputStream(buf, place, count - place));
    }
  }

  void add(Entry entry) throws IOException {
    if (size == places.length) {
      arrivals = Arrays.copyOf(arrivals, 2 * size);
      finer = Arrays.copyOf(finer, 2 * size);
      places = Arrays.copyOf(places, 2 * size);
    }
    arrivals[size] = entry.arrival;
    finer[size] = entry.finer;
    places[size] = bytes.size();
    size++;
    entry.write(out);
  }

  int size() {
    return size;
  }

  /** Bytes that its entries take. */
  int bytes() {
    return bytes.size();
  }

  /** Brings its entries into order. */
  void sort() {
    long[] a = arrivals;
    long[] h = finer;
    int[] p = places;
    long[] a2 = new long[size];
    long[] h2 = new long[size];
    int[] p2 = new int[size];
    for (int width = 1; width < size && width > 0; width *= 2) {
      for (int from = 0; from < size; from += 2 * width) {
        int middle = Math.min(size, from + width);
        int end = Math.min(size, middle + width);
        int left = from;
        int right = middle;
        for (int to = from; to < end; to++) {
          boolean takeLeft = left < middle && (right >= end || !isBefore(a, h, right, left));
          int taken = takeLeft ? left++ : right++;
          a2[to] = a[taken];
          h2[to] = h[taken];
          p2[to] = p[taken];
        }
      }
      long[] arrivalsBefore = a;
      long[] finerBefore = h;
      int[] placesBefore = p;
      a = a2;
      h = h2;
      p = p2;
      a2 = arrivalsBefore;
      h2 = finerBefore;
      p2 = placesBefore;
    }
    arrivals = a;
    finer = h;
    places = p;
  }

  private static boolean isBefore(long[] a, long[] h, int one, int other) {
    return a[one] < a[other] || (a[one] == a[other] && h[one] < h[other]);
  }

  /** Its entries in order, as often as wanted. */
  Cursor cursor() {
    return new Cursor() {
      private int next;

      @Override
      public boolean read(Entry entry) throws IOException {
        if (next == size) {
          return false;
        }
        entry.read(bytes.from(places[next++]));
        return true;
      }

      @Override
      public void close() {}
    };
  }

  /** Writes its entries to a file, in order. */
  void spill(Path file) throws IOException {
    Entry entry = new Entry();
    try (DataOutputStream to =
            new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), BUFFER));
        Cursor all = cursor()) {
      while (all.read(entry)) {
        entry.write(to);
      }
    }
  }

  /** What {@link #spill} wrote. */
  static Cursor spilled(Path file) throws IOException {
    DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER));
    return new Cursor() {
      @Override
      public boolean read(Entry entry) throws IOException {
        try {
          entry.read(in);
          return true;
        } catch (EOFException e) {
          return false;
        }
      }

      @Override
      public void close() throws IOException {
        in.close();
      }
    };
  }
}
