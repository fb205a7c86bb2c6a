package io.gardencell.hcs;

import java.io.OutputStream;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/**
 * Opens a {@link Host}; found by {@link ServiceLoader}, so that the server and the plugin commands
 * can carry the emulated host without compiling against it.
 */
public interface HostProvider {

  /** The value of {@code --host} that selects this provider. */
  String name();

  /** Whether this host is the default on the operating system we run on. */
  boolean isDefaultHere();

  /**
   * Opens the host.
   *
   * @throws HcsException if this machine is not such a host (the message says what is missing)
   */
  Host open(HostOptions options);

  /**
   * Opens a handle that this process has inherited, for writing; needs no open host.
   *
   * @param handle its number, unsigned
   * @throws HcsException {@link HcsErrors#INVALID_HANDLE} if there is no such handle, or this
   *     operating system has none
   */
  default OutputStream openHandle(long handle) {
    throw new HcsException(
        "GetHandleInformation", Long.toUnsignedString(handle), HcsErrors.INVALID_HANDLE);
  }

  /**
   * Whether standard error of this process is a terminal; needs no open host. The JDK cannot tell:
   * its console is about standard input and output, and since release 22 it is always there.
   */
  default boolean isErrorTerminal() {
    return false;
  }

  /**
   * The provider of the given name, or the default one of this operating system for an empty name.
   *
   * @throws IllegalArgumentException naming the value and the names available
   */
  static HostProvider named(String name) {
    List<HostProvider> all =
        ServiceLoader.load(HostProvider.class, HostProvider.class.getClassLoader()).stream()
            .map(ServiceLoader.Provider::get)
            .toList();
    return all.stream()
        .filter(p -> name.isEmpty() ? p.isDefaultHere() : p.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "host: '%s' (expected one of: %s)"
                        .formatted(
                            name,
                            all.stream()
                                .map(HostProvider::name)
                                .sorted()
                                .collect(Collectors.joining(", ")))));
  }
}
