package io.apfproxy.upstream.exchange;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A stand-in for one of the large interfaces of Vert.x, of which a test needs a few methods. What
 * it was not told to do does nothing: fluent methods return the stand-in, others nothing, 0 or
 * false.
 */
final class Fake implements InvocationHandler {
  private final Map<String, Function<Object[], Object>> methods = new HashMap<>();

  /** Takes the last argument, and returns the stand-in if the method is fluent. */
  <T> Fake takes(String method, Class<T> type, Consumer<T> by) {
    methods.put(
        method,
        args -> {
          by.accept(type.cast(args[args.length - 1]));
          return this;
        });
    return this;
  }

  Fake runs(String method, Runnable does) {
    methods.put(
        method,
        args -> {
          does.run();
          return this;
        });
    return this;
  }

  Fake returns(String method, Supplier<?> value) {
    methods.put(method, args -> value.get());
    return this;
  }

  Fake answers(String method, Function<Object[], Object> by) {
    methods.put(method, by);
    return this;
  }

  <T> T as(Class<T> type) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, this));
  }

  @Override
  public Object invoke(Object proxy, Method method, Object[] args) {
    Function<Object[], Object> does = methods.get(method.getName());
    Object result = does == null ? this : does.apply(args == null ? new Object[0] : args);
    Class<?> type = method.getReturnType();
    if (result != this) {
      return result;
    }
    if (type == boolean.class) {
      return method.getName().equals("equals") && args[0] == proxy;
    }
    if (type == int.class || type == long.class) {
      return type == int.class ? (Object) System.identityHashCode(proxy) : (Object) 0L;
    }
    return type.isInstance(proxy) && type != Object.class ? proxy : null;
  }
}
