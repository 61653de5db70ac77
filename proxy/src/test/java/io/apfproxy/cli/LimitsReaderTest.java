package io.apfproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.cli.ProxyOptions.Limits;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LimitsReaderTest {
  private static final long MEBIBYTE = 1 << 20;

  @ParameterizedTest
  @CsvSource({"256,5461", "922,19669", "4688,100000", "100000,100000"})
  void opensNoMoreWatchesThanTheHeapHolds(long heapMebibytes, int watches) throws UsageException {
    Limits limits = read(Map.of(), heapMebibytes);

    assertThat(limits.watches()).isEqualTo(watches);
    assertThat(limits.watchesPerUser()).isEqualTo(watches / 20);
  }

  @ParameterizedTest
  @CsvSource({"0", "7", "1000000"})
  void opensAsManyWatchesAsWasSaidWhateverTheHeap(int said) throws UsageException {
    assertThat(read(Map.of(Flag.MAX_WATCHES, "" + said), 256).watches()).isEqualTo(said);
  }

  private static Limits read(Map<Flag, String> given, long heapMebibytes) throws UsageException {
    Settings settings = new Settings(given, Map.of(), SettingsFile.read(null, ""));
    return new LimitsReader(settings, heapMebibytes * MEBIBYTE).read();
  }
}
