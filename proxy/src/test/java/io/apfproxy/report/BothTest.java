package io.apfproxy.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BothTest {
  static Stream<Method> tellings() {
    return Arrays.stream(Reporter.class.getMethods())
        .filter(method -> !Modifier.isStatic(method.getModifiers()));
  }

  /** Each has a default that tells nobody, so that a forgotten one would not be seen. */
  @ParameterizedTest
  @MethodSource("tellings")
  void tellsTheOneThenTheOther(Method telling) throws ReflectiveOperationException {
    List<String> told = new ArrayList<>();
    Reporter both = new Both(recording("first", told), recording("second", told));

    telling.invoke(both, Arrays.stream(telling.getParameterTypes()).map(BothTest::any).toArray());

    assertThat(told).containsExactly("first " + telling.getName(), "second " + telling.getName());
  }

  private static Reporter recording(String who, List<String> told) {
    return (Reporter)
        Proxy.newProxyInstance(
            BothTest.class.getClassLoader(),
            new Class<?>[] {Reporter.class},
            (proxy, method, arguments) -> {
              told.add(who + " " + method.getName());
              return null;
            });
  }

  private static @Nullable Object any(Class<?> type) {
    return type == int.class ? (Object) 1 : type == long.class ? (Object) 1L : null;
  }
}
