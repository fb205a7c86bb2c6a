package io.gardencell.network;

import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The calls made to a host in memory, and which of them fail, in the words and with the codes of
 * the real host's binding. Every method is synchronized.
 */
public final class FakeCalls {

  /** The calls in order; for a test whose other threads are done. */
  public final List<String> made = new ArrayList<>();

  private final Map<String, RuntimeException> faults = new LinkedHashMap<>();
  private int faultsLeft = Integer.MAX_VALUE;

  /** Fails every call with a prefix; one that ends with {@code $} is the whole call. */
  public synchronized void fail(String call, RuntimeException with) {
    faults.put(call, with);
  }

  public synchronized void heal() {
    faults.clear();
    faultsLeft = Integer.MAX_VALUE;
  }

  /** The faults go after so many of them. */
  public synchronized void healAfter(int times) {
    faultsLeft = times;
  }

  /** The calls until now, while other threads may be making some. */
  synchronized List<String> soFar() {
    return List.copyOf(made);
  }

  synchronized void called(String call) {
    made.add(call);
    for (Map.Entry<String, RuntimeException> fault : faults.entrySet()) {
      if ((call + "$").startsWith(fault.getKey())) {
        if (faultsLeft-- == 0) {
          faults.clear();
          return;
        }
        throw fault.getValue();
      }
    }
  }

  /** HNS's answer {@code Success: false} as the binding throws it. */
  public static HcsException answers(String error) {
    int code =
        error.toLowerCase(Locale.ROOT).contains("not found")
            ? HcsErrors.NOT_FOUND
            : HcsErrors.INVALID_PARAMETER;
    return new HcsException("HNSCall", "", code, "hns failed with error : " + error, List.of());
  }

  /** A failed HRESULT of HNSCall as the binding throws it. */
  public static HcsException fails(int hresult) {
    int code = HcsErrors.codeOf(hresult);
    String text = "failed during hnsCallRawResponse: hnsCall failed in Win32: %s (0x%x)";
    return new HcsException(
        "HNSCall", "", code, text.formatted(HcsErrors.text(code), code), List.of());
  }
}
