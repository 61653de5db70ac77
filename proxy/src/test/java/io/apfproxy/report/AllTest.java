package io.apfproxy.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.report.Reporter.Held;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AllTest {
  static Stream<Method> tellings() {
    return Arrays.stream(Reporter.class.getMethods())
        .filter(method -> !Modifier.isStatic(method.getModifiers()));
  }

  /** Each has a default that tells nobody, so that a forgotten one would not be seen. */
  @ParameterizedTest
  @MethodSource("tellings")
  void tellsEachInOrder(Method telling) throws ReflectiveOperationException {
    List<String> told = new ArrayList<>();
    Reporter inner = Reporter.all(recording("first", told), Reporter.NONE);
    Reporter all =
        Reporter.all(Reporter.all(inner, recording("second", told)), recording("third", told));

    telling.invoke(all, Arrays.stream(telling.getParameterTypes()).map(AllTest::any).toArray());

    assertThat(told)
        .containsExactly(
            "first " + telling.getName(),
            "second " + telling.getName(),
            "third " + telling.getName());
  }

  private static class Counting implements Reporter {
    private int number;

    @Override
    public void held(Held what, int delta) {
      number += delta;
    }
  }

  private static final class Heir extends Counting {}

  /** Who has inherited a method of his own has one. */
  @Test
  void tellsWhoHasInheritedHowToHear() {
    Counting heir = new Heir();

    Reporter.all(heir, Reporter.NONE, new Counting()).held(Held.EXCHANGE, 1);

    assertThat(heir.number).isEqualTo(1);
  }

  /** What is made for an event loop is told in its place. */
  @Test
  void tellsThoseOfTheLoop() {
    Counting ofLoop = new Counting();
    Reporter shared =
        new Reporter() {
          @Override
          public Reporter ofLoop() {
            return ofLoop;
          }
        };

    Reporter.all(shared, new Counting()).ofLoop().held(Held.EXCHANGE, 1);

    assertThat(ofLoop.number).isEqualTo(1);
  }

  private static Reporter recording(String who, List<String> told) {
    return (Reporter)
        Proxy.newProxyInstance(
            AllTest.class.getClassLoader(),
            new Class<?>[] {Reporter.class},
            (proxy, method, arguments) -> {
              told.add(who + " " + method.getName());
              return method.getReturnType() == Reporter.class ? proxy : null;
            });
  }

  private static @Nullable Object any(Class<?> type) {
    return type == int.class ? (Object) 1 : type == long.class ? (Object) 1L : null;
  }
}
