package io.apfproxy.live;

import io.apfproxy.json.JsonText;
import io.apfproxy.report.refusals.RefusalNews;
import io.apfproxy.report.refusals.Refused;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The last refusals, for those who watch them come. Not thread-safe. Source: specification
 * seeing.md V-68, V-70.
 */
final class RefusalTail {
  /*
   * A second with many refusals tells of the last ones only, and says how many it left out; and what
   * only would have been refused has room of its own, so that a flood in shadow hides nobody who was
   * refused. Clients decide how long a row is, so bytes are counted too.
   */
  /** Of either kind, that are told of in one second. */
  static final int A_SECOND = 50;

  /** Of these, bytes in UTF-8. */
  static final int BYTES_A_SECOND = 45_000;

  /** Of either kind, that whoever comes anew is told of. */
  static final int KEPT = 100;

  private final Observed observed;
  private final Kind refused = new Kind();
  private final Kind spared = new Kind();
  private final List<Row> news = new ArrayList<>();
  private long position;
  private long leftOut;
  private long inAll;
  private @Nullable String all;

  /**
   * @param number rises from one to the next
   */
  private record Row(long number, String json) {}

  /** What was refused, or what would have been. */
  private static final class Kind {
    private final Deque<Row> kept = new ArrayDeque<>();

    /** In this second, the last one first. */
    private final List<Row> come = new ArrayList<>();

    private int bytes;
    private boolean full;

    void begin() {
      come.clear();
      bytes = 0;
      full = false;
    }

    /** Whether there is room for one more in this second. */
    boolean takes(String json) {
      bytes += json.getBytes(StandardCharsets.UTF_8).length;
      full = come.size() == A_SECOND || bytes > BYTES_A_SECOND;
      return !full;
    }

    /** Keeps those of this second too. */
    void keep() {
      for (int i = come.size() - 1; i >= 0; i--) {
        kept.addFirst(come.get(i));
      }
      while (kept.size() > KEPT) {
        kept.removeLast();
      }
    }
  }

  RefusalTail(Observed observed) {
    this.observed = observed;
  }

  /** Looks what has come since the last look. */
  void look() {
    RefusalNews come = observed.refusals(position);
    long now = observed.refusalsInAll();
    if (come.next() != position || now != inAll) {
      all = null;
    }
    position = come.next();
    inAll = now;
    leftOut += come.gone();
    news.clear();
    refused.begin();
    spared.begin();
    long number = position;
    for (Refused one : come.rows()) {
      Kind kind = one.would() ? spared : refused;
      String json = kind.full ? "" : observed.refusal(one);
      if (!kind.full && kind.takes(json)) {
        Row row = new Row(number, json);
        news.add(row);
        kind.come.add(row);
      } else {
        leftOut++;
      }
      number--;
    }
    refused.keep();
    spared.keep();
  }

  /** All that are kept, the last one first. */
  String all() {
    if (all == null) {
      List<Row> rows = new ArrayList<>(refused.kept);
      rows.addAll(spared.kept);
      rows.sort(Comparator.comparingLong(Row::number).reversed());
      all = json(true, rows);
    }
    return all;
  }

  /** Those of the last second, the last one first. */
  String news() {
    return json(false, news);
  }

  private String json(boolean full, List<Row> rows) {
    return JsonText.of(
        json -> {
          json.writeStartObject();
          json.writeBooleanField("full", full);
          json.writeNumberField("total", inAll);
          json.writeNumberField("leftOut", leftOut);
          json.writeArrayFieldStart("rows");
          for (Row row : rows) {
            json.writeRawValue(row.json);
          }
          json.writeEndArray();
          json.writeEndObject();
        });
  }
}
