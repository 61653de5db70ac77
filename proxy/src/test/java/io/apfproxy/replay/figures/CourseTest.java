package io.apfproxy.replay.figures;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Seats, limits and waits over time. */
class CourseTest {
  private static final long SECOND = 1_000_000_000;

  @Test
  void addsUpSeatsByPieceAndInAll() {
    Course course = new Course(10 * SECOND, 13 * SECOND, SECOND);
    course.limited(4, 4, 0);
    course.used(2, 0); // before it begins
    course.used(1, 10 * SECOND + SECOND / 2);
    course.used(-3, 12 * SECOND);
    course.limited(4, 6, 12 * SECOND);
    Series series = course.series();

    assertThat(series.seats()).containsExactly(2.5, 3, 0);
    assertThat(series.limits()).containsExactly(4, 4, 6);
    assertThat(course.meanSeats()).isEqualTo(5.5 / 3);
    assertThat(course.meanLimit()).isEqualTo(14.0 / 3);
    assertThat(course.peak()).isEqualTo(3);
    assertThat(course.borrowed()).isEqualTo(2);
  }

  @Test
  void countsNothingBeforeAndAfter() {
    Course course = new Course(10 * SECOND, 12 * SECOND, SECOND);
    course.used(9, 0);
    course.used(-8, 5 * SECOND);
    course.refused(9 * SECOND);
    course.waited(7, 9 * SECOND);
    course.limited(1, 1, 10 * SECOND);
    course.used(50, 13 * SECOND);
    course.refused(13 * SECOND);
    Series series = course.series();

    assertThat(course.peak()).isEqualTo(1);
    assertThat(series.seats()).containsExactly(1, 1);
    assertThat(series.refused()).containsExactly(0, 0);
    assertThat(series.waitP99()).containsExactly(0, 0);
  }

  @Test
  void tellsRefusalsASecondAndWaitsOfEachPiece() {
    Course course = new Course(0, 5 * SECOND, 2 * SECOND);
    course.waited(SECOND, 0);
    course.waited(3 * SECOND, SECOND);
    course.refused(SECOND);
    course.refused(5 * SECOND);
    course.waited(2 * SECOND, 5 * SECOND);
    Series series = course.series();

    assertThat(series.waitP99()).containsExactly(3, 0, 2);
    assertThat(series.refused()).containsExactly(0.5, 0, 1); // the last one lasts a second only
  }
}
