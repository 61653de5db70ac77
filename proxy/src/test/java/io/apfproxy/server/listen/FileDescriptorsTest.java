package io.apfproxy.server.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.time.ManualTime;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** S91: when the process must keep the file descriptors that are left. */
@Tag("S91")
class FileDescriptorsTest {
  private final ManualTime time = new ManualTime();
  private long open = 70;
  private int looks;

  private FileDescriptors of(long limit) {
    return new FileDescriptors(
        () -> {
          looks++;
          return open;
        },
        limit,
        time);
  }

  @Test
  void countsWhatIsTakenBetweenTwoLooks() {
    FileDescriptors descriptors = of(100);
    for (int i = 0; i < 9; i++) {
      descriptors.taken();
      descriptors.renew();
      assertThat(descriptors.scarce()).isFalse();
    }
    descriptors.taken();
    assertThat(descriptors.scarce()).isTrue();
    assertThat(looks).isEqualTo(1);
  }

  @Test
  void looksAgainBeforeItBelievesItsSum() {
    FileDescriptors descriptors = of(100);
    for (int i = 0; i < 30; i++) {
      descriptors.taken();
    }
    time.advance(Duration.ofMillis(50));
    descriptors.renew();
    assertThat(descriptors.scarce()).isFalse();
    assertThat(descriptors.known()).isEqualTo(70);
  }

  @Test
  void looksOnceASecondForWhatOthersTake() {
    FileDescriptors descriptors = of(100);
    open = 90;
    time.advance(Duration.ofMillis(999));
    descriptors.renew();
    assertThat(descriptors.scarce()).isFalse();
    time.advance(Duration.ofMillis(1));
    descriptors.renew();
    assertThat(descriptors.scarce()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"256, 204", "20000, 16000", "9223372036854775807, 7378697629483820645"})
  void keepsAFifth(long limit, long most) {
    assertThat(of(limit).most()).isEqualTo(most);
  }

  @Test
  void knowsThisProcess() {
    FileDescriptors descriptors = FileDescriptors.ofProcess(time);
    assertThat(descriptors.known()).isPositive();
    assertThat(descriptors.most()).isGreaterThan(descriptors.known());
  }
}
