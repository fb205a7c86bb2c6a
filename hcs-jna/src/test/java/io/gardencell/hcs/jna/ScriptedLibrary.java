package io.gardencell.hcs.jna;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.ptr.PointerByReference;
import io.gardencell.hcs.jna.win32.Wide;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/**
 * A DLL of this process: answers as told, with success to everything else, and remembers in what
 * order it was asked. Lets the bindings' callers be tested on any system.
 */
public final class ScriptedLibrary<T> {

  private final Map<String, Function<Object[], Object>> answers = new HashMap<>();
  private final List<String> calls = new CopyOnWriteArrayList<>();
  private final List<Memory> texts = new ArrayList<>();
  private final T dll;

  /** Of an interface of ours to a DLL. */
  public ScriptedLibrary(Class<T> type) {
    dll =
        type.cast(
            Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> {
                  calls.add(method.getName());
                  Function<Object[], Object> answer = answers.get(method.getName());
                  if (answer != null) {
                    return answer.apply(arguments);
                  }
                  Class<?> result = method.getReturnType();
                  return result == int.class ? (Object) 0 : result == boolean.class ? true : null;
                }));
  }

  /** The DLL, for its callers. */
  public T dll() {
    return dll;
  }

  /** What the function does from now on. */
  public ScriptedLibrary<T> on(String function, Function<Object[], Object> answer) {
    answers.put(function, answer);
    return this;
  }

  /** The function fails with this Win32 code as the last error. */
  public ScriptedLibrary<T> refuse(String function, int code) {
    return on(
        function,
        arguments -> {
          Native.setLastError(code);
          return false;
        });
  }

  /** Names of the functions called, in order. */
  public List<String> calls() {
    return calls;
  }

  /** Puts text into an output argument, and keeps it in memory. */
  public Memory give(Object output, String text) {
    Memory memory = Wide.memory(text);
    texts.add(memory);
    ((PointerByReference) output).setValue(memory);
    return memory;
  }
}
